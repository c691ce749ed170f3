import { firstWords } from '../process/probe.mjs'
import { startMosquitto } from './mosquitto.mjs'

export const mqtt = {
  name: 'mosquitto',
  variable: 'BOTBUS_TEST_MQTT',
  service: 'mosquitto',
  port: 1883,
  url: (port) => `mqtt://127.0.0.1:${port}`,
  answers,
  async startNatively() {
    const { url, pid, folder } = await startMosquitto({ detached: true })
    return { url, pid, folder }
  },
}

/** MQTT 3.1.1 CONNECT: clean session, 60 s keep-alive, client id "probe". */
const connectPacket = Buffer.from([0x10, 17, 0, 4, ...Buffer.from('MQTT'), 4, 2, 0, 60, 0, 5, ...Buffer.from('probe')])
const connack = 0x20

/** Whether an MQTT broker replies, be it with a refusal. */
async function answers(url) {
  return (await firstWords(url, 1883, connectPacket))?.[0] === connack
}
