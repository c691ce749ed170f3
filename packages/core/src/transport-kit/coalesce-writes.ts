import type { Socket } from 'node:net'

interface Piece {
  readonly chunk: Buffer | string
  readonly encoding: BufferEncoding
}

/**
 * What one turn of the event loop writes leaves in one go, as one buffer. Returns the function to call before a write. Client
 * libraries write a message in up to ten pieces, and a system call for each message costs as much as the rest of it.
 */
export function coalesceWrites(socket: Socket): () => void {
  let isCorked = false
  const uncork = (): void => {
    isCorked = false
    socket.uncork()
  }
  // How a stream writes what was corked. `buffer` is the encoding of bytes there (node:stream), which its types do not know.
  socket._writev = (pieces, done) => socket._write(merge(pieces), 'buffer' as BufferEncoding, done)
  return () => {
    if (isCorked) return
    isCorked = true
    socket.cork()
    setImmediate(uncork)
  }
}

function merge(pieces: readonly Piece[]): Buffer {
  let size = 0
  for (const { chunk, encoding } of pieces) {
    size += typeof chunk === 'string' ? Buffer.byteLength(chunk, encoding) : chunk.length
  }
  const merged = Buffer.allocUnsafe(size)
  let end = 0
  for (const { chunk, encoding } of pieces) {
    end += typeof chunk === 'string' ? merged.write(chunk, end, encoding) : chunk.copy(merged, end)
  }
  return merged
}
