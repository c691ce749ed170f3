import { Decimal, ZERO } from './decimal.ts'

/**
 * How much of each asset may be used, whatever the balance. As in Hummingbot, the limit shrinks by what open orders hold
 * and by what was spent since the run began, and grows by what was earned.
 */
export class BalanceLimits {
  readonly #limits = new Map<string, Decimal>()
  readonly #net = new Map<string, Decimal>()

  set(asset: string, amount: Decimal): void {
    this.#limits.set(asset, amount)
  }

  remove(asset: string): void {
    this.#limits.delete(asset)
  }

  /** Begins a run: nothing was spent or earned yet. */
  reset(): void {
    this.#net.clear()
  }

  moved(asset: string, change: Decimal): void {
    this.#net.set(asset, (this.#net.get(asset) ?? ZERO).plus(change))
  }

  /** What of `available` a new order may use, given what open ones hold. */
  spendable(asset: string, available: Decimal, held: Decimal): Decimal {
    const limit = this.#limits.get(asset)
    if (!limit) return available
    const left = limit.minus(held).plus(this.#net.get(asset) ?? ZERO)
    return Decimal.max(ZERO, Decimal.min(available, left))
  }
}
