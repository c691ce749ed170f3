import { isUtf8 } from 'node:buffer'
import type { Delivery } from '@botbus/core'
import { MalformedPacket } from './errors.ts'

/** A message from the broker. */
export interface LinkMessage extends Delivery {
  /** Of the subscription that it belongs to, or of several. Undefined where the broker does not say. */
  readonly subscriptionIds: number | readonly number[] | undefined
}

/** A PUBLISH. `packetId` is 0 for QoS 0, else it is QoS 1. */
export interface IncomingPublish {
  readonly message: LinkMessage
  readonly packetId: number
}

const SUBSCRIPTION_IDENTIFIER = 0x0b
const UTF8_PAIR = 0x26
/** Bytes of each property of a PUBLISH (MQTT 5, section 3.3.2.3) that we skip; -1: two bytes of length and so many. */
const SIZES: Readonly<Record<number, number>> = { 1: 1, 2: 4, 3: -1, 8: -1, 9: -1 }

/** Reads the PUBLISH (MQTT 5, section 3.3) whose first byte is at `start` and whose body is from `body` to `end`. */
export function readPublish(bytes: Buffer, start: number, body: number, end: number, version: 4 | 5): IncomingPublish {
  const flags = bytes[start] as number
  const qos = (flags >> 1) & 3
  if (qos > 1) throw new MalformedPacket(`PUBLISH of QoS ${qos}, which nobody asked for`)
  const topicEnd = body + 2 + uint16(bytes, body, end)
  const topic = readTopic(bytes, body + 2, topicEnd, end)
  let at = topicEnd
  let packetId = 0
  if (qos === 1) {
    packetId = uint16(bytes, at, end)
    if (packetId === 0) throw new MalformedPacket('PUBLISH with packet id 0')
    at += 2
  }
  let subscriptionIds: LinkMessage['subscriptionIds']
  if (version === 5) {
    const [size, from] =
      at < end && (bytes[at] as number) < 0x80 ? [bytes[at] as number, at + 1] : varint(bytes, at, end)
    at = from + size
    if (at > end) throw new MalformedPacket('PUBLISH whose properties are longer than itself')
    if (size > 0) subscriptionIds = readSubscriptionIds(bytes, from, at)
  }
  const message = { topic, payload: bytes.subarray(at, end), retained: (flags & 1) === 1, subscriptionIds }
  return { message, packetId }
}

function readTopic(bytes: Buffer, start: number, topicEnd: number, end: number): string {
  // An empty one stands for an alias (MQTT 5), and we allow the broker none.
  if (topicEnd > end || topicEnd === start) throw new MalformedPacket('PUBLISH without its topic')
  const topic = bytes.toString('utf8', start, topicEnd)
  // What is no UTF-8 is decoded to this sign.
  if (topic.includes('\ufffd') && !isUtf8(bytes.subarray(start, topicEnd))) {
    throw new MalformedPacket('PUBLISH whose topic is not UTF-8')
  }
  if (topic.includes('\0')) throw new MalformedPacket('PUBLISH with a NUL in its topic')
  return topic
}

function readSubscriptionIds(bytes: Buffer, start: number, end: number): LinkMessage['subscriptionIds'] {
  let ids: number | number[] | undefined
  let at = start
  while (at < end) {
    const property = bytes[at++] as number
    if (property === SUBSCRIPTION_IDENTIFIER) {
      const [id, next] = varint(bytes, at, end)
      at = next
      if (ids === undefined) ids = id
      else if (typeof ids === 'number') ids = [ids, id]
      else ids.push(id)
    } else {
      at = skip(bytes, property, at, end)
    }
  }
  return ids
}

function skip(bytes: Buffer, property: number, start: number, end: number): number {
  const text = (at: number): number => at + 2 + uint16(bytes, at, end)
  const size = SIZES[property]
  let at: number
  if (property === UTF8_PAIR) at = text(text(start))
  else if (size === undefined) throw new MalformedPacket(`PUBLISH with the property 0x${property.toString(16)}`)
  else at = size < 0 ? text(start) : start + size
  if (at > end) throw new MalformedPacket('PUBLISH with a property that is cut off')
  return at
}

function uint16(bytes: Buffer, at: number, end: number): number {
  if (at + 2 > end) throw new MalformedPacket('packet that is too short')
  return ((bytes[at] as number) << 8) | (bytes[at + 1] as number)
}

/** The value, and what follows it (MQTT 5, section 1.5.5). */
function varint(bytes: Buffer, start: number, end: number): [value: number, next: number] {
  let value = 0
  for (let at = start; at < start + 4 && at < end; at++) {
    const byte = bytes[at] as number
    value |= (byte & 0x7f) << (7 * (at - start))
    if (byte < 0x80) return [value, at + 1]
  }
  throw new MalformedPacket('packet with a length that has no end')
}
