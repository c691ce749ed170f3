import { ClientProxyFactory, Transport } from '@nestjs/microservices'
import type { Broker } from './broker.ts'

export function amqpBroker(url: string, tuned: boolean): Broker {
  const common = {
    urls: [url],
    queueOptions: { durable: false },
    ...(tuned ? { socketOptions: { connectionOptions: { noDelay: true } } } : {}),
  }
  const calls = (pattern: string) => ({ ...common, queue: pattern })
  // One queue and one topic exchange of the same name; a publisher declares the exchange only.
  const events = (topic: string) => ({ ...common, queue: topic.slice(0, topic.indexOf('.')), wildcards: true })
  return {
    pattern: (topic) => topic.replaceAll('/', '.').replaceAll('+', '*'),
    server: (pattern) => ({ transport: Transport.RMQ, options: calls(pattern) }),
    subscriber: ([first = '.']) => ({ transport: Transport.RMQ, options: events(first) }),
    caller: (pattern) => ClientProxyFactory.create({ transport: Transport.RMQ, options: calls(pattern) }),
    publisher: (topic) =>
      ClientProxyFactory.create({ transport: Transport.RMQ, options: events(topic.replaceAll('/', '.')) }),
  }
}
