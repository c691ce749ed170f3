import { BotbusError } from '@botbus/core'
import { Decimal, ZERO } from './decimal.ts'

/**
 * The balances of one exchange. What open orders may need is held; the rest is available. Both are never negative:
 * an operation that would make them so throws `INTERNAL` and changes nothing.
 */
export class Account {
  readonly #total = new Map<string, Decimal>()
  readonly #held = new Map<string, Decimal>()

  get assets(): string[] {
    return [...this.#total.keys()]
  }

  total(asset: string): Decimal {
    return this.#total.get(asset) ?? ZERO
  }

  held(asset: string): Decimal {
    return this.#held.get(asset) ?? ZERO
  }

  available(asset: string): Decimal {
    return this.total(asset).minus(this.held(asset))
  }

  /** Sets the total. Rejects with `INVALID_ARGUMENT` what is below what open orders hold. */
  set(asset: string, amount: Decimal): void {
    const held = this.held(asset)
    if (amount.lt(held)) {
      throw new BotbusError('INVALID_ARGUMENT', `Cannot set ${asset} to ${amount}: open orders hold ${held} ${asset}.`)
    }
    this.#total.set(asset, amount)
  }

  hold(asset: string, amount: Decimal): void {
    this.#assertNotNegative(asset, amount)
    this.#assertNotNegative(asset, this.available(asset).minus(amount))
    this.#held.set(asset, this.held(asset).plus(amount))
  }

  release(asset: string, amount: Decimal): void {
    const left = this.held(asset).minus(amount)
    this.#assertNotNegative(asset, left)
    this.#held.set(asset, left)
  }

  credit(asset: string, amount: Decimal): void {
    this.#assertNotNegative(asset, amount)
    this.#total.set(asset, this.total(asset).plus(amount))
  }

  debit(asset: string, amount: Decimal): void {
    this.#assertNotNegative(asset, this.available(asset).minus(amount))
    this.#total.set(asset, this.total(asset).minus(amount))
  }

  #assertNotNegative(asset: string, value: Decimal): void {
    if (value.lt(0)) throw new BotbusError('INTERNAL', `the balance of ${asset} would be ${new Decimal(value)}`)
  }
}
