import { CommandError } from '@botbus/bridge'
import type { z } from 'zod'
import { Decimal } from '../exchange/decimal.ts'
import { fieldsOf, readConfig, type StrategyKind } from './registry.ts'
import type { CommonConfig } from './strategy.ts'

export interface StrategySource {
  readonly kind: StrategyKind
  /** The file's name, or what stands for it in messages. */
  readonly name: string
  readonly values: Readonly<Record<string, unknown>>
  /** The market where the file names none. */
  readonly defaultMarket: string
  /** An exchange that is valid although it is no known one: that of a live feed. */
  readonly exchange?: string
}

/** Settings that say where to trade cannot change while the strategy runs. */
const FIXED: ReadonlySet<string> = new Set(['exchange', 'market'])

/** A strategy with its settings, ready to be started. */
export class ImportedStrategy {
  readonly kind: StrategyKind
  readonly name: string
  readonly #fields: Record<string, z.ZodType>
  #values: Record<string, unknown>
  #config: CommonConfig

  /** Throws `INVALID_ARGUMENT` that names each wrong key. */
  constructor({ kind, name, values, defaultMarket, exchange }: StrategySource) {
    this.kind = kind
    this.name = name
    this.#fields = fieldsOf(kind, defaultMarket, exchange)
    this.#values = { ...values }
    this.#config = readConfig(kind, this.#fields, this.#values, name)
  }

  get config(): CommonConfig {
    return this.#config
  }

  has(key: string): boolean {
    return Object.hasOwn(this.#fields, key)
  }

  /** Throws a `CommandError` with the reason when the value cannot be that of the key. */
  check(key: string, value: unknown, isRunning: boolean): void {
    if (isRunning && FIXED.has(key)) {
      throw new CommandError(`${key}: cannot change while the strategy runs - please run "stop" first`)
    }
    const result = this.#fields[key]?.safeParse(value)
    if (!result?.success) {
      throw new CommandError(`${key}: ${result?.error.issues.map((issue) => issue.message).join(', ')}`)
    }
  }

  /** Sets checked values, all together. Throws `INVALID_ARGUMENT` when they do not fit each other, and changes nothing then. */
  set(changes: Readonly<Record<string, unknown>>): void {
    const values = { ...this.#values, ...changes }
    this.#config = readConfig(this.kind, this.#fields, values, this.name)
    this.#values = values
  }

  /** All settings as plain values: decimals are text. */
  list(): Record<string, unknown> {
    const settings = Object.entries(this.#config).map(([key, value]) => [key, plain(value)])
    return { strategy: this.kind.name, ...Object.fromEntries(settings) }
  }
}

function plain(value: unknown): unknown {
  if (value instanceof Decimal) return value.toFixed()
  return typeof value === 'object' && value !== null && 'symbol' in value ? value.symbol : value
}
