import { connect, type Socket } from 'node:net'
import { setTimeout as sleep } from 'node:timers/promises'
import type { Weather } from './tcp-proxy.ts'

/** So many bytes may wait in one direction; then the sender has to. */
const MAX_WAITING = 1024 * 1024

/** A client, the broker, and the bytes between them. */
export class ProxiedConnection {
  /** Bytes of it were dropped, or will be: it can only end. */
  isBroken: boolean
  /** Resolves when both ends are closed. */
  readonly closed: Promise<unknown>
  readonly #client: Socket
  readonly #broker: Socket | undefined

  /** Without a port, or in bad weather, the client talks to nobody. */
  constructor(client: Socket, port: number | undefined, weather: Weather) {
    this.isBroken = weather.isDropping
    this.#client = client
    const isSilent = port === undefined || weather.isDropping
    this.#broker = isSilent ? undefined : connect({ port, host: '127.0.0.1' })
    const ends = [client, ...(this.#broker ? [this.#broker] : [])]
    this.closed = Promise.all(ends.map((end) => new Promise((resolve) => end.once('close', resolve))))
    for (const end of ends) {
      end.setNoDelay(true)
      // A broken link is what this is for; the close that follows is all that counts.
      end.on('error', () => undefined)
    }
    if (this.#broker) {
      new Direction(client, this.#broker, weather)
      new Direction(this.#broker, client, weather)
    } else {
      client.resume()
    }
  }

  reset(): void {
    this.#client.resetAndDestroy()
    this.#broker?.resetAndDestroy()
  }

  hangUp(lastWords: Uint8Array = new Uint8Array()): void {
    this.#client.end(lastWords)
    this.#broker?.destroy()
  }
}

/** One direction: bytes in order, as late as the weather says. */
class Direction {
  readonly #from: Socket
  readonly #to: Socket
  readonly #weather: Weather
  /** When the last byte so far has passed, by `performance.now()`. */
  #free = 0
  #waiting = 0
  #last: Promise<void> = Promise.resolve()

  constructor(from: Socket, to: Socket, weather: Weather) {
    this.#from = from
    this.#to = to
    this.#weather = weather
    from.on('data', (chunk: Buffer) => this.#pass(chunk))
    from.once('close', (hadError) => void this.#end(hadError))
    to.on('drain', () => from.resume())
  }

  #pass(chunk: Buffer): void {
    const { isDropping, delay, rate } = this.#weather
    if (isDropping) return
    if (delay === 0 && rate === 0 && this.#waiting === 0) {
      if (!this.#to.write(chunk)) this.#from.pause()
      return
    }
    const due = Math.max(performance.now() + delay, this.#free)
    this.#free = rate === 0 ? due : due + (chunk.length / rate) * 1_000
    this.#waiting += chunk.length
    if (this.#waiting > MAX_WAITING) this.#from.pause()
    this.#last = this.#write(chunk, this.#free, this.#last)
  }

  async #write(chunk: Buffer, due: number, before: Promise<void>): Promise<void> {
    await before
    const early = due - performance.now()
    if (early > 0) await sleep(early)
    this.#waiting -= chunk.length
    if (!this.#weather.isDropping && !this.#to.destroyed) this.#to.write(chunk)
    if (this.#waiting <= MAX_WAITING) this.#from.resume()
  }

  async #end(hadError: boolean): Promise<void> {
    await this.#last
    if (this.#weather.isDropping) return
    if (hadError) this.#to.resetAndDestroy()
    else this.#to.end()
  }
}
