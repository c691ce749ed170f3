import { connect } from 'node:net'
import { type ISocketFactory, Kafka, logLevel, type Message } from 'kafkajs'
import type { Peer } from '../contender.ts'
import { answerInbox, Calls } from './calls.ts'

/** Milliseconds that a fetch waits for a first record. It returns as soon as there is one. */
const MAX_WAIT = 100
/** So many records may be published in one turn. */
const TURN = 500

const withoutDelay: ISocketFactory = ({ host, port, onConnect }) => connect({ host, port, noDelay: true }, onConnect)

/** One topic of one partition for each address and each process's inbox, each read from its end by a group of its own. */
export async function openKafka(url: string): Promise<Peer> {
  const kafka = new Kafka({ brokers: [new URL(url).host], logLevel: logLevel.NOTHING, socketFactory: withoutDelay })
  const admin = kafka.admin()
  const producer = kafka.producer({ allowAutoTopicCreation: false })
  const closers = [() => admin.disconnect(), () => producer.disconnect()]
  await Promise.all([admin.connect(), producer.connect()])
  const inbox = `floor.inbox.${process.pid}`

  /** Records of this turn, and those that came while a request was under way. */
  let waiting = new Map<string, Message[]>()
  let isScheduled = false
  const flush = async (): Promise<void> => {
    while (waiting.size > 0) {
      const topicMessages = Array.from(waiting, ([topic, messages]) => ({ topic, messages }))
      waiting = new Map()
      await producer.sendBatch({ acks: 1, topicMessages })
    }
    isScheduled = false
  }
  /** Returns how many wait for the topic. */
  const send = (topic: string, value: string, key: string | null = null): number => {
    const messages = waiting.get(topic) ?? []
    if (messages.length === 0) waiting.set(topic, messages)
    if (!isScheduled) {
      isScheduled = true
      setImmediate(flush)
    }
    return messages.push({ key, value, partition: 0 })
  }
  const consume = async (topics: string[], onText: (text: string) => void): Promise<void> => {
    await admin.createTopics({ waitForLeaders: true, topics: topics.map((topic) => ({ topic, numPartitions: 1 })) })
    const options = { groupId: `floor-${process.pid}-${closers.length}`, maxWaitTimeInMs: MAX_WAIT, minBytes: 1 }
    const consumer = kafka.consumer({ ...options, allowAutoTopicCreation: false })
    closers.unshift(() => consumer.disconnect())
    await consumer.connect()
    await consumer.subscribe({ topics, fromBeginning: false })
    // Where the end is, it finds out for its first fetch.
    const fetched = new Promise((resolve) => consumer.on(consumer.events.FETCH, resolve))
    await consumer.run({
      autoCommit: false,
      async eachBatch({ batch }) {
        for (const { value } of batch.messages) if (value) onText(value.toString())
      },
    })
    await fetched
  }
  const calls = new Calls({
    openInbox: () => consume([inbox], (text) => calls.settle(text)),
    send: (address, id, json) => send(topicOf(address), `${inbox} ${id} ${json}`),
  })

  return {
    serve: (address, answer) => consume([topicOf(address)], (text) => answerInbox(text, answer, send)),
    call: (address, request) => calls.call(address, request),
    subscribe: (patterns, onMessage) =>
      consume(
        patterns.map((pattern) => topicOf(pattern.replace('/+/', '/'))),
        (text) => onMessage(JSON.parse(text)),
      ),
    publish(topic, message) {
      // Kafka has no wildcards: all bots share a topic, the bot is the key.
      const [fleet, bot, kind] = topic.split('/')
      const count = send(`${fleet}.${kind}`, JSON.stringify(message), bot)
      return count < TURN ? undefined : new Promise(setImmediate)
    },
    async close() {
      for (const close of closers) await close()
    },
  }
}

function topicOf(address: string): string {
  return address.replaceAll('/', '.')
}
