// Whether a Kafka serves, without a client library: ApiVersions is answered before any authentication, Metadata after it.
import { firstWords } from '../process/probe.mjs'

const metadata = 3
const apiVersions = 18
const correlationId = 7

/** Whether a Kafka broker replies on that URL, which is not one with TLS. */
export async function answersAsKafka(url) {
  const words = await firstWords(url, 9092, request(apiVersions, 0))
  return (
    words !== undefined && words.length >= 10 && words.readInt32BE(4) === correlationId && words.readInt16BE(8) === 0
  )
}

/** Whether it knows a broker that serves, itself that is. */
export async function isKafkaReady(url) {
  // An empty list of topics asks for brokers only.
  const words = await firstWords(url, 9092, request(metadata, 1, Buffer.alloc(4)))
  return words !== undefined && words.length >= 12 && words.readInt32BE(4) === correlationId && words.readInt32BE(8) > 0
}

/** Length, key, version, correlation id, client id (a nullable string: null), body. */
function request(key, version, body = Buffer.alloc(0)) {
  const header = Buffer.alloc(14)
  header.writeInt32BE(10 + body.length, 0)
  header.writeInt16BE(key, 4)
  header.writeInt16BE(version, 6)
  header.writeInt32BE(correlationId, 8)
  header.writeInt16BE(-1, 12)
  return Buffer.concat([header, body])
}
