import { firstWords } from '../process/probe.mjs'
import { startRedis } from './redis.mjs'

export const redis = {
  name: 'redis',
  variable: 'BOTBUS_TEST_REDIS',
  service: 'redis',
  port: 6379,
  url: (port) => `redis://127.0.0.1:${port}`,
  answers,
  async startNatively() {
    const { url, pid, folder } = await startRedis({ detached: true })
    return { url, pid, folder }
  },
}

/** Whether a Redis server replies to PING, be it that it wants a password first. */
async function answers(url) {
  const words = await firstWords(url, 6379, 'PING\r\n')
  return words !== undefined && /^(\+PONG|-NOAUTH )/.test(words.toString('latin1'))
}
