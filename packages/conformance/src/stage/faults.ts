import type { TcpProxy } from '../faults/tcp-proxy.ts'
import type { ConformanceBroker, ConformanceTarget } from '../subject.ts'

type Skip = (reason: string) => never

/** What a test does to its broker, undone when it ends. Ends the test with a reason where the broker cannot do it. */
export class Faults {
  readonly #broker: ConformanceBroker
  readonly #proxy: TcpProxy | undefined
  readonly #skip: Skip
  #isDown = false
  #isFrozen = false

  constructor(broker: ConformanceBroker, proxy: TcpProxy | undefined, skip: Skip) {
    this.#broker = broker
    this.#proxy = proxy
    this.#skip = skip
  }

  /** As a crash. */
  async kill(): Promise<void> {
    if (!this.#broker.kill || !this.#broker.start) this.#skip('this broker cannot be killed and started again')
    this.#isDown = true
    await this.#broker.kill()
  }

  async start(): Promise<void> {
    await this.#broker.start?.()
    this.#isDown = false
  }

  freeze(): void {
    if (this.#broker.port === undefined) this.#skip('no network between client and broker')
    if (!this.#broker.freeze || !this.#broker.thaw) this.#skip('this broker cannot be frozen')
    this.#isFrozen = true
    this.#broker.freeze()
  }

  thaw(): void {
    this.#broker.thaw?.()
    this.#isFrozen = false
  }

  /** The way to the broker that can go wrong, and where to connect for it. */
  proxied(): { proxy: TcpProxy; target: Pick<ConformanceTarget, 'url'> } {
    const { port, url } = this.#broker
    if (port === undefined || !this.#proxy) this.#skip('no network between client and broker')
    const ownPort = new RegExp(`:${port}(?!\\d)`)
    return { proxy: this.#proxy, target: { url: url.replace(ownPort, `:${this.#proxy.port}`) } }
  }

  /** As it was before. */
  async undo(): Promise<void> {
    this.#proxy?.restore()
    if (this.#isFrozen) this.thaw()
    if (this.#isDown) await this.start()
  }
}
