import { startKafka } from './kafka.mjs'
import { answersAsKafka } from './ready.mjs'

export const kafka = {
  name: 'kafka',
  variable: 'BOTBUS_TEST_KAFKA',
  service: 'kafka',
  port: 9092,
  url: (port) => `kafka://127.0.0.1:${port}`,
  answers: answersAsKafka,
  async startNatively() {
    const { url, pid, folder } = await startKafka({ detached: true })
    return { url, pid, folder }
  },
}
