import { MAX_TOPIC_BYTES } from '../topics.ts'

/** `/reply/{client}/{id}`, both of 32 hexadecimal digits: what follows the prefix in a reply address. */
const SUFFIX_BYTES = '/reply/'.length + 32 + 1 + 32

/**
 * `{namespace}/{bot}` of an address below a bot, where its replies can go. Undefined for other addresses, where the reply address
 * would be too long, and with a dot in it: RabbitMQ's MQTT plugin and Hummingbot up to v2.14 write `.` in a reply address as `/`.
 * `namespaces`: the longest first.
 */
export function botPrefix(address: string, namespaces: readonly string[]): string | undefined {
  for (const namespace of namespaces) {
    if (!address.startsWith(`${namespace}/`)) continue
    const end = address.indexOf('/', namespace.length + 1)
    if (end <= namespace.length + 1) continue
    const prefix = address.slice(0, end)
    if (!prefix.includes('.') && Buffer.byteLength(prefix) + SUFFIX_BYTES <= MAX_TOPIC_BYTES) return prefix
  }
  return undefined
}
