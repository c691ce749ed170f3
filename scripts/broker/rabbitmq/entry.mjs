import { answersAmqp, startRabbitmq } from './rabbitmq.mjs'

export const amqp = {
  name: 'rabbitmq',
  variable: 'BOTBUS_TEST_AMQP',
  service: 'rabbitmq',
  port: 5672,
  url: (port) => `amqp://127.0.0.1:${port}`,
  answers: answersAmqp,
  async startNatively() {
    const { url, pid, folder } = await startRabbitmq({ detached: true })
    return { url, pid, folder }
  },
}
