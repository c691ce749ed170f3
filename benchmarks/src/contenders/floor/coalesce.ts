import type { Duplex } from 'node:stream'

/** To be called at each write: what one turn of the event loop writes leaves as one segment. */
export function coalesce(stream: Duplex): () => void {
  let isCorked = false
  const uncork = (): void => {
    isCorked = false
    stream.uncork()
  }
  return () => {
    if (isCorked) return
    isCorked = true
    stream.cork()
    setImmediate(uncork)
  }
}

/** Resolves when the stream takes more; undefined when it does now. */
export function room(stream: Duplex): Promise<unknown> | undefined {
  return stream.writableNeedDrain ? new Promise<void>((resolve) => stream.once('drain', resolve)) : undefined
}
