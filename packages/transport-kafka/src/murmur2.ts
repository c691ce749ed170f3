const MULTIPLIER = 0x5bd1e995
const SEED = 0x9747b28c

/**
 * Austin Appleby's MurmurHash2, 32 bits, with the seed that Kafka's default partitioner has used since 0.8.2
 * (https://kafka.apache.org/documentation/#producerconfigs_partitioner.class). Signed, as in Java.
 */
export function murmur2(data: Uint8Array): number {
  const view = new DataView(data.buffer, data.byteOffset, data.byteLength)
  const whole = data.byteLength & ~3
  let hash = SEED ^ data.byteLength
  for (let offset = 0; offset < whole; offset += 4) {
    let word = Math.imul(view.getInt32(offset, true), MULTIPLIER)
    word ^= word >>> 24
    hash = Math.imul(hash, MULTIPLIER) ^ Math.imul(word, MULTIPLIER)
  }
  if (whole < data.byteLength) {
    for (let offset = data.byteLength - 1; offset >= whole; offset--)
      hash ^= view.getUint8(offset) << (8 * (offset - whole))
    hash = Math.imul(hash, MULTIPLIER)
  }
  hash ^= hash >>> 13
  hash = Math.imul(hash, MULTIPLIER)
  return hash ^ (hash >>> 15)
}
