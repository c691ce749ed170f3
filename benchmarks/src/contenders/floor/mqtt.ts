import { Socket } from 'node:net'
import { connectAsync, type MqttClient } from 'mqtt'
import type { Peer } from '../contender.ts'
import { type Answer, answerInbox, Calls } from './calls.ts'
import { coalesce, room } from './coalesce.ts'

/**
 * Requests and replies in QoS 0 go over one connection: over two, nothing that a process writes carries the acknowledgement of what it
 * has read, and the broker holds its next segment back for 40 ms. In QoS 1 it is the other way round: on one connection a reply would
 * wait behind the PUBACK of its request.
 */
export async function openMqtt(url: string, qos: 0 | 1): Promise<Peer> {
  const writer = await connect(url)
  const reader = qos === 0 ? writer : await connect(url)
  const beforeWrite = coalesce(writer.stream)
  // What is read in QoS 1 is acknowledged: these writes are coalesced as well.
  const beforeAcknowledging = reader === writer ? beforeWrite : coalesce(reader.stream)
  const inbox = `floor/inbox/${process.pid}`
  const answers = new Map<string, Answer>()
  let listener: (message: unknown) => void = () => undefined

  const send = (topic: string, text: string): void => {
    beforeWrite()
    writer.publish(topic, text, { qos })
  }
  const calls = new Calls({
    openInbox: () => reader.subscribeAsync(inbox, { qos }),
    send: (address, id, json) => send(address, `${inbox} ${id} ${json}`),
  })
  reader.on('message', (topic, payload, { qos: received }) => {
    if (received !== 0) beforeAcknowledging()
    const text = payload.toString()
    if (topic === inbox) calls.settle(text)
    else {
      const answer = answers.get(topic)
      if (answer) answerInbox(text, answer, send)
      else listener(JSON.parse(text))
    }
  })

  return {
    async serve(address, answer) {
      answers.set(address, answer)
      await reader.subscribeAsync(address, { qos })
    },
    call: (address, request) => calls.call(address, request),
    async subscribe(patterns, onMessage) {
      listener = onMessage
      await reader.subscribeAsync([...patterns], { qos: 0 })
    },
    publish(topic, message) {
      beforeWrite()
      writer.publish(topic, JSON.stringify(message))
      return room(writer.stream)
    },
    async close() {
      await writer.endAsync()
      if (reader !== writer) await reader.endAsync()
    },
  }
}

async function connect(url: string): Promise<MqttClient> {
  // The default log formats every packet.
  const client = await connectAsync(url, { log: () => undefined, reconnectPeriod: 0 })
  if (client.stream instanceof Socket) client.stream.setNoDelay(true)
  return client
}
