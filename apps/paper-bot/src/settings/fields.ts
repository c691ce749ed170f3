import { type BridgeSettings, bridgeSettings } from '@botbus/bridge'
import { z } from 'zod'
import { parseExchange } from '../exchange/known-exchanges.ts'
import { parseAsset } from '../exchange/trading-pair.ts'
import { parseLevel } from '../log.ts'
import { decimal, readAs } from '../readers.ts'

/** When a changed setting counts. */
export type Effect = 'at once' | 'for new orders' | 'at the next mqtt_start'

interface Field {
  readonly schema: z.ZodType
  readonly effect: Effect
  readonly isSecret?: boolean
}

export interface FoundField {
  readonly key: string
  readonly field: Field
}

const NAMES: readonly (keyof BridgeSettings)[] = [
  'host',
  'port',
  'username',
  'password',
  'ssl',
  'namespace',
  'logger',
  'notifier',
  'commands',
  'events',
  'external_events',
  'autostart',
]

/** Reads a value as the bridge itself does. */
function bridgeField(name: keyof BridgeSettings): z.ZodType {
  return z.unknown().transform((value, context) => {
    const result = bridgeSettings.safeParse({ [name]: value })
    if (result.success && value !== null && value !== undefined) return result.data[name]
    const reason = result.success ? 'expected a value' : result.error.issues.map((issue) => issue.message).join(', ')
    context.addIssue({ code: 'custom', message: reason })
    return z.NEVER
  })
}

const percent = decimal({ min: 0, max: 10 }).transform((value) => value.toFixed())
/** Decimals are kept as text: numbers would round them. */
const amount = decimal({ min: 0, max: 1e15 }).transform((value) => value.toFixed())

const FIXED: ReadonlyMap<string, Field> = new Map<string, Field>([
  [
    'instance_id',
    {
      schema: z
        .string()
        .regex(/^[^+#/\s.]{1,128}$/, 'expected 1 to 128 characters without "/", "+", "#", "." and spaces'),
      effect: 'at the next mqtt_start',
    },
  ],
  ['log_level', { schema: readAs((text) => parseLevel(text) && text.trim().toUpperCase()), effect: 'at once' }],
  ['fees.maker_percent', { schema: percent, effect: 'for new orders' }],
  ['fees.taker_percent', { schema: percent, effect: 'for new orders' }],
  ...NAMES.map((name): [string, Field] => [
    `mqtt_bridge.mqtt_${name}`,
    { schema: bridgeField(name), effect: 'at the next mqtt_start', ...(name === 'password' ? { isSecret: true } : {}) },
  ]),
])

const PAPER_BALANCE = 'paper_trade.paper_trade_account_balance'
const BALANCE_LIMIT = 'balance_asset_limit'

/**
 * The setting of that name, and the name as it is stored: `balance_asset_limit.kucoin.USDT`. `alsoKnown` is an exchange that may
 * be limited although it is no known one: that of a live feed.
 */
export function findField(key: string, alsoKnown?: string): FoundField | undefined {
  const fixed = FIXED.get(key)
  if (fixed) return { key, field: fixed }
  const balance = key.startsWith(`${PAPER_BALANCE}.`) ? asAsset(key.slice(PAPER_BALANCE.length + 1)) : undefined
  if (balance) return { key: paperBalanceKey(balance), field: { schema: amount, effect: 'at once' } }
  const [section, exchange, asset, ...rest] = key.split('.')
  if (section !== BALANCE_LIMIT || !exchange || !asset || rest.length > 0) return undefined
  const [parsedExchange, parsedAsset] = [asExchange(exchange, alsoKnown), asAsset(asset)]
  if (!parsedExchange || !parsedAsset) return undefined
  return {
    key: balanceLimitKey(parsedExchange, parsedAsset),
    field: { schema: amount.nullable(), effect: 'at once' },
  }
}

export function paperBalanceKey(asset: string): string {
  return `${PAPER_BALANCE}.${asset}`
}

export function balanceLimitKey(exchange: string, asset: string): string {
  return `${BALANCE_LIMIT}.${exchange}.${asset}`
}

/** The name and value of each setting below a section. */
export function entriesBelow(
  settings: ReadonlyMap<string, unknown>,
  section: 'balances' | 'limits',
): [path: string[], value: unknown][] {
  const prefix = `${section === 'balances' ? PAPER_BALANCE : BALANCE_LIMIT}.`
  return [...settings]
    .filter(([key]) => key.startsWith(prefix))
    .map(([key, value]) => [key.slice(prefix.length).split('.'), value])
}

function asAsset(text: string): string | undefined {
  return readAs(parseAsset).safeParse(text).data
}

function asExchange(text: string, alsoKnown: string | undefined): string | undefined {
  return readAs((name) => parseExchange(name, alsoKnown)).safeParse(text).data
}
