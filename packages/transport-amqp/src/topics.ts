/*
 * Topics and AMQP's dotted names. `/` becomes `.`, as RabbitMQ's MQTT plugin and commlib-py have it, and `.` becomes `/`, so
 * that a level with a dot in it survives: each is the other's inverse.
 */

const SEPARATORS = /[./]/g

function swap(text: string): string {
  return text.replace(SEPARATORS, (separator) => (separator === '/' ? '.' : '/'))
}

/** The routing key, or the name of a service's queue. */
export function toRoutingKey(topic: string): string {
  return topic.includes('.') ? swap(topic) : topic.replaceAll('/', '.')
}

/** The inverse of `toRoutingKey`. */
export function toTopic(routingKey: string): string {
  return routingKey.includes('/') ? swap(routingKey) : routingKey.replaceAll('.', '/')
}

/** AMQP matches more than the pattern says (a level that is a literal `*`, topics that begin with `$`): match again. */
export function toBindingKey(pattern: string): string {
  return toRoutingKey(pattern).replaceAll('+', '*')
}
