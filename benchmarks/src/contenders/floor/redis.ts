import { Command, Redis } from 'ioredis'
import type { Peer } from '../contender.ts'
import { type Answer, answerInbox, Calls } from './calls.ts'
import { coalesce, room } from './coalesce.ts'

/** The reply of PUBLISH is a number: nothing needs decoding as text. */
const BINARY = { replyEncoding: null }

/** One connection publishes, the other one is subscribed to the process's inbox and to what it serves. */
export async function openRedis(url: string): Promise<Peer> {
  const writer = await connect(url)
  const reader = await connect(url)
  const beforeWrite = coalesce(writer.stream)
  const inbox = `floor/inbox/${process.pid}`
  const answers = new Map<string, Answer>()

  const send = (channel: string, text: string): void => {
    beforeWrite()
    writer.sendCommand(new Command('publish', [channel, text], BINARY))
  }
  const calls = new Calls({
    openInbox: () => reader.subscribe(inbox),
    send: (address, id, json) => send(address, `${inbox} ${id} ${json}`),
  })
  reader.on('messageBuffer', (name: Buffer, payload: Buffer) => {
    const channel = name.toString('latin1')
    const text = payload.toString()
    if (channel === inbox) calls.settle(text)
    else {
      const answer = answers.get(channel)
      if (answer) answerInbox(text, answer, send)
    }
  })

  return {
    async serve(address, answer) {
      answers.set(address, answer)
      await reader.subscribe(address)
    },
    call: (address, request) => calls.call(address, request),
    async subscribe(patterns, onMessage) {
      reader.on('pmessageBuffer', (_pattern: string, _channel: Buffer, payload: Buffer) => {
        onMessage(JSON.parse(payload.toString()))
      })
      await reader.psubscribe(...patterns.map((pattern) => pattern.replaceAll('+', '*')))
    },
    publish(topic, message) {
      send(topic, JSON.stringify(message))
      return room(writer.stream)
    },
    async close() {
      await writer.quit()
      await reader.quit()
    },
  }
}

async function connect(url: string): Promise<Redis> {
  const client = new Redis(url, {
    lazyConnect: true,
    enableReadyCheck: false,
    disableClientInfo: true,
    retryStrategy: null,
  })
  await client.connect()
  return client
}
