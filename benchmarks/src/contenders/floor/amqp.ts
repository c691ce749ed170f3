import { Socket } from 'node:net'
import { type ChannelModel, type ConsumeMessage, connect } from 'amqplib'
import type { Peer } from '../contender.ts'
import { answerTo, Calls } from './calls.ts'
import { coalesce } from './coalesce.ts'

const REPLY_TO = 'amq.rabbitmq.reply-to'
const REQUEST = { replyTo: REPLY_TO }
const TRANSIENT = {}
const UNACKNOWLEDGED = { noAck: true }

/** One connection with a channel for each direction; requests go to the queue named after the address, replies directly. */
export async function openAmqp(url: string): Promise<Peer> {
  const connection = await connect(url, { noDelay: true })
  const beforeWrite = coalesce(streamOf(connection))
  // More messages of one turn fit than with the default, 16.
  const writer = await connection.createChannel({ highWaterMark: 256 })
  const reader = await connection.createChannel()

  const send = (exchange: string, key: string, text: string, options: object): boolean => {
    const hasRoom = writer.publish(exchange, key, Buffer.from(text), options)
    afterWrite()
    return hasRoom
  }
  // amqplib writes in an immediate that it schedules in the next tick: the stream is uncorked behind that one.
  let isScheduled = false
  const cork = (): void => {
    isScheduled = false
    beforeWrite()
  }
  const afterWrite = (): void => {
    if (isScheduled) return
    isScheduled = true
    process.nextTick(cork)
  }
  const consume = (queue: string, onText: (text: string, message: ConsumeMessage) => void): Promise<unknown> => {
    const channel = queue === REPLY_TO ? writer : reader
    return channel.consume(queue, (message) => message && onText(message.content.toString(), message), UNACKNOWLEDGED)
  }
  const calls = new Calls({
    openInbox: () => consume(REPLY_TO, (text) => calls.settle(text)),
    send: (address, id, json) => send('', address, `${id} ${json}`, REQUEST),
  })

  return {
    async serve(address, answer) {
      await reader.assertQueue(address, { durable: false, autoDelete: true })
      await consume(address, (text, { properties }) => send('', properties.replyTo, answerTo(text, answer), TRANSIENT))
    },
    call: (address, request) => calls.call(address, request),
    async subscribe(patterns, onMessage) {
      const { queue } = await reader.assertQueue('', { exclusive: true })
      await consume(queue, (text) => onMessage(JSON.parse(text)))
      for (const pattern of patterns) await reader.bindQueue(queue, 'amq.topic', keyOf(pattern).replaceAll('+', '*'))
    },
    publish(topic, message) {
      const hasRoom = send('amq.topic', keyOf(topic), JSON.stringify(message), TRANSIENT)
      return hasRoom ? undefined : new Promise((resolve) => writer.once('drain', resolve))
    },
    close: () => connection.close(),
  }
}

function keyOf(topic: string): string {
  return topic.replaceAll('/', '.')
}

/** amqplib's types leave its socket out. */
function streamOf({ connection }: ChannelModel): Socket {
  if ('stream' in connection && connection.stream instanceof Socket) return connection.stream
  throw new Error('this version of amqplib keeps its socket elsewhere')
}
