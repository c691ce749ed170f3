import { type BridgeSettings, bridgeSettings, CommandError } from '@botbus/bridge'
import type { Level } from 'pino'
import { Decimal } from '../exchange/decimal.ts'
import type { FeeRates } from '../exchange/order.ts'
import { parseLevel } from '../log.ts'
import { balanceLimitKey, type Effect, entriesBelow, type FoundField, findField, paperBalanceKey } from './fields.ts'
import { type CommandShortcut, DEFAULT_SHORTCUTS } from './shortcuts.ts'

export const MASK = '******'

/** Names of balances and limits come from the network; all settings are written at each change. */
const MAX_SETTINGS = 1_000

const DEFAULTS: readonly (readonly [key: string, value: unknown])[] = [
  ['log_level', 'INFO'],
  ['fees.maker_percent', '0.1'],
  ['fees.taker_percent', '0.1'],
  [paperBalanceKey('BTC'), '1'],
  [paperBalanceKey('ETH'), '20'],
  [paperBalanceKey('USDT'), '100000'],
  [paperBalanceKey('USDC'), '100000'],
]

export interface ClientSettingsOptions {
  readonly id: string
  readonly bridge?: Partial<BridgeSettings>
  readonly shortcuts?: readonly CommandShortcut[]
  /** An exchange that may be limited although it is no known one: that of a live feed. */
  readonly exchange?: string
  /** Settings that differ from the defaults, by dotted name. Wrong ones throw a `CommandError`. */
  readonly given?: Readonly<Record<string, unknown>>
  /** What an earlier run kept; wins over `given`. */
  readonly changes?: Readonly<Record<string, unknown>>
  /** Called after each change with all changes, those of earlier runs included. */
  readonly save?: (changes: Readonly<Record<string, unknown>>) => void
}

/** The client configuration: what `config` lists and sets beside the strategy's own keys. */
export class ClientSettings {
  readonly shortcuts: readonly CommandShortcut[]
  readonly #values = new Map<string, unknown>()
  readonly #changes: Record<string, unknown> = {}
  readonly #exchange: string | undefined
  readonly #save: ClientSettingsOptions['save']

  constructor({
    id,
    bridge = {},
    shortcuts = DEFAULT_SHORTCUTS,
    exchange,
    given = {},
    changes = {},
    save,
  }: ClientSettingsOptions) {
    this.shortcuts = shortcuts
    this.#exchange = exchange
    this.#values.set('instance_id', id)
    for (const [name, value] of Object.entries(bridgeSettings.parse(bridge)))
      this.#values.set(`mqtt_bridge.mqtt_${name}`, value)
    for (const [key, value] of DEFAULTS) this.#values.set(key, value)
    for (const [key, value] of Object.entries(given)) this.#put(key, value)
    for (const [key, value] of Object.entries(changes)) this.set(key, value)
    this.#save = save
  }

  get id(): string {
    return String(this.#values.get('instance_id'))
  }

  get pinoLevel(): Level {
    return parseLevel(String(this.#values.get('log_level')))
  }

  get fees(): FeeRates {
    const rate = (role: string): Decimal => new Decimal(String(this.#values.get(`fees.${role}_percent`))).div(100)
    return { maker: rate('maker'), taker: rate('taker') }
  }

  /** What a bridge should be started with now. */
  get bridge(): BridgeSettings {
    const prefix = 'mqtt_bridge.'
    const own = [...this.#values]
      .filter(([key]) => key.startsWith(prefix))
      .map(([key, value]) => [key.slice(prefix.length), value])
    return bridgeSettings.parse(Object.fromEntries(own))
  }

  get balances(): Map<string, Decimal> {
    return new Map(
      entriesBelow(this.#values, 'balances').map(([[asset = ''], value]) => [asset, new Decimal(String(value))]),
    )
  }

  limits(exchange: string): Map<string, Decimal> {
    const limits = entriesBelow(this.#values, 'limits').filter(([[name]]) => name === exchange)
    return new Map(limits.map(([[, asset = ''], value]) => [asset, new Decimal(String(value))]))
  }

  /** The setting of that name, and the name as it is stored. */
  find(key: string): FoundField | undefined {
    return findField(key, this.#exchange)
  }

  /** True when `key` was set while the bot ran, or by an earlier run that kept its changes. */
  isChanged(key: string): boolean {
    return Object.hasOwn(this.#changes, key)
  }

  /** Returns when the change counts. Throws a `CommandError` with path and reason, and changes nothing then. */
  set(key: string, value: unknown): Effect {
    const { stored, data, effect } = this.#put(key, value)
    this.#changes[stored] = data
    this.#save?.(this.#changes)
    return effect
  }

  setBalance(asset: string, amount: Decimal): void {
    this.set(paperBalanceKey(asset), amount.toFixed())
  }

  setLimit(exchange: string, asset: string, amount: Decimal): void {
    this.set(balanceLimitKey(exchange, asset), amount.toFixed())
  }

  /** As nested sections, passwords masked. */
  list(): Record<string, unknown> {
    const root: Record<string, unknown> = {}
    for (const [key, value] of this.#values) {
      const path = key.split('.')
      const leaf = path.pop() ?? key
      let section = root
      for (const part of path) {
        const inner = section[part] ?? {}
        section[part] = inner
        section = inner as Record<string, unknown>
      }
      section[leaf] = this.find(key)?.field.isSecret && value !== '' ? MASK : value
    }
    return { ...root, command_shortcuts: this.shortcuts }
  }

  /** Throws what `set` would throw, and changes nothing. */
  check(key: string, value: unknown): void {
    this.#read(key, value)
  }

  #put(key: string, value: unknown): { stored: string; data: unknown; effect: Effect } {
    const { found, data } = this.#read(key, value)
    if (data === null) this.#values.delete(found.key)
    else this.#values.set(found.key, data)
    return { stored: found.key, data, effect: found.field.effect }
  }

  #read(key: string, value: unknown): { found: FoundField; data: unknown } {
    const found = this.find(key)
    if (!found) throw new CommandError(`Invalid param key(s): ['${key}']`)
    const result = found.field.schema.safeParse(value)
    if (!result.success)
      throw new CommandError(`${key}: ${result.error.issues.map((issue) => issue.message).join(', ')}`)
    if (this.#values.size >= MAX_SETTINGS && !this.#values.has(found.key) && result.data !== null)
      throw new CommandError(`${key}: there are ${MAX_SETTINGS} settings already`)
    return { found, data: result.data }
  }
}
