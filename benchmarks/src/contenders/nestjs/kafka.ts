import { randomUUID } from 'node:crypto'
import { connect } from 'node:net'
import { ClientProxyFactory, type KafkaOptions, Transport } from '@nestjs/microservices'
import { type Consumer, type ISocketFactory, Kafka, logLevel, type Producer } from 'kafkajs'
import type { Broker } from './broker.ts'

type Options = NonNullable<KafkaOptions['options']>

export function kafkaBroker(url: string, tuned: boolean): Broker {
  const client = { brokers: [new URL(url).host], ...(tuned ? { socketFactory: withoutDelay } : {}) }
  const application = (groupId: string): Options => ({
    client,
    ...(tuned
      ? { consumer: { groupId, maxWaitTimeInMs: 100 }, run: { autoCommit: false } }
      : // The first message may be written before the group has looked where the topic ends.
        { consumer: { groupId }, subscribe: { fromBeginning: true } }),
  })
  return {
    pattern: kafkaTopic,
    server: (pattern) => ({ transport: Transport.KAFKA, options: application(pattern) }),
    subscriber: ([first = '']) => ({ transport: Transport.KAFKA, options: application(first) }),
    caller(pattern) {
      // A group of its own, as each process must have all of its replies.
      const options = { client, consumer: { groupId: randomUUID() }, ...(tuned ? { run: { autoCommit: false } } : {}) }
      const caller = ClientProxyFactory.create({ transport: Transport.KAFKA, options })
      caller.subscribeToResponseOf(pattern)
      return caller
    },
    publisher: () =>
      ClientProxyFactory.create({ transport: Transport.KAFKA, options: { client, producerOnlyMode: true } }),
    event: (topic, message) => ({ key: topic.split('/')[1], value: message }),
    async prepare(patterns, kind) {
      const admin = new Kafka({ ...client, logLevel: logLevel.NOTHING }).admin()
      const topics = kind === 'calls' ? patterns.flatMap((pattern) => [pattern, `${pattern}.reply`]) : patterns
      await admin.connect()
      await admin.createTopics({ topics: topics.map((topic) => ({ topic, numPartitions: 1 })), waitForLeaders: true })
      await admin.disconnect()
    },
    // Nothing is kept for a group that commits nothing, so it must know first where its topics end: after a fetch.
    async granted(application) {
      if (!tuned) return
      const [, consumer] = application.unwrap<[Kafka, Consumer, Producer]>()
      await new Promise((resolve) => consumer.on(consumer.events.FETCH, resolve))
    },
  }
}

/** Kafka has no wildcards: `fleet/{bot}/log` is the topic `fleet.log` with the bot as its key, `hbot/bench/status` stays whole. */
function kafkaTopic(topic: string): string {
  const [root = '', ...rest] = topic.split('/')
  return [root, ...(root.startsWith('fleet') ? rest.slice(1) : rest)].join('.')
}

const withoutDelay: ISocketFactory = ({ host, port, onConnect }) => {
  return connect({ host, port, noDelay: true, keepAlive: true, keepAliveInitialDelay: 60_000 }, onConnect)
}
