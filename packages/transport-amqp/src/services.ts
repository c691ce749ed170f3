import { type IncomingRequest, isPattern, matches } from '@botbus/core'
import type { ConsumerPlan } from './consumers.ts'
import { toReplyAddress } from './inbox.ts'
import { PATTERN_EXCHANGE, sharedQueue } from './queues.ts'
import { toBindingKey, toRoutingKey, toTopic } from './topics.ts'

/**
 * A server of an address: a consumer of the queue that has its name. All servers of the address share that queue, each request goes to
 * one of them, in turn, and the broker forgets it then: no other server ever runs it.
 */
export function server(address: string, listener: (request: IncomingRequest) => void): ConsumerPlan {
  const queue = toRoutingKey(address)
  const isExact = !isPattern(address)
  return {
    what: `to serve ${address}`,
    queue,
    queueOptions: () => sharedQueue,
    bindings: isExact ? [] : [{ exchange: PATTERN_EXCHANGE, key: toBindingKey(address) }],
    receive({ fields, properties, content }) {
      const { routingKey } = fields
      const topic = isExact ? address : toTopic(routingKey)
      // AMQP matches more than the pattern says, and the queue can be reached by its own name.
      const isOurs = isExact ? routingKey === queue : !isPattern(topic) && matches(address, topic)
      if (!isOurs) return
      const { correlationId, replyTo } = properties
      listener({
        topic,
        payload: content,
        retained: false,
        ...(typeof correlationId === 'string' ? { id: correlationId } : {}),
        ...(typeof replyTo === 'string' ? { replyTo: toReplyAddress(replyTo, toTopic) } : {}),
      })
    },
  }
}
