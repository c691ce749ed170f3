import { ClientProxyFactory, ClientRedis, Transport } from '@nestjs/microservices'
import type { Redis } from 'ioredis'
import type { Broker } from './broker.ts'

export function redisBroker(url: string, tuned: boolean): Broker {
  const { hostname, port } = new URL(url)
  const options = { host: hostname, port: Number(port), ...(tuned ? { enableAutoPipelining: true } : {}) }
  return {
    pattern: (topic) => topic.replaceAll('+', '*'),
    server: () => ({ transport: Transport.REDIS, options }),
    subscriber: () => ({ transport: Transport.REDIS, options: { ...options, wildcards: true } }),
    caller: () =>
      tuned ? new SubscribedClientRedis(options) : ClientProxyFactory.create({ transport: Transport.REDIS, options }),
    publisher: () => ClientProxyFactory.create({ transport: Transport.REDIS, options }),
    // Nest does not wait for its subscriptions; Redis answers in order, so a later one tells.
    async granted(application) {
      const [, subscriber] = application.unwrap<[Redis, Redis]>()
      await subscriber.subscribe('granted')
    },
  }
}

/** Stays subscribed to the replies. `ClientRedis` unsubscribes when no call is in flight, and subscribes again for the next one. */
class SubscribedClientRedis extends ClientRedis {
  protected override unsubscribeFromChannel(): void {
    // Nothing: the count of calls that need the subscription never falls.
  }
}
