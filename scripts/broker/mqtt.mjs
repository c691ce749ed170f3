import { connect } from 'node:net'
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
function answers(url) {
  const { hostname, port } = new URL(url)
  return new Promise((resolve) => {
    const socket = connect({ host: hostname, port: Number(port || 1883) })
    const settle = (value) => {
      socket.destroy()
      resolve(value)
    }
    socket.setTimeout(3_000, () => settle(false))
    socket.once('connect', () => socket.write(connectPacket))
    socket.once('data', (data) => settle(data[0] === connack))
    socket.once('error', () => settle(false))
    socket.once('close', () => settle(false))
  })
}
