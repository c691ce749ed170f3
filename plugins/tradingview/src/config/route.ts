import { isIP } from 'node:net'
import { messageOf } from '@botbus/core'
import { z } from 'zod'
import { compilePattern } from '../read/dialects/regex.ts'
import { COMMANDS } from './action.ts'
import { rule } from './rule.ts'
import { secretSource } from './secret-source.ts'
import { flag, named, seconds, section, text, whole, without, word } from './section.ts'
import { botGlob, selector } from './selector.ts'

/** The formats whose words are understood; `auto` looks at the fields. */
const FORMATS = [
  'auto',
  'generic',
  'traderspost',
  '3commas',
  'okx',
  'pineconnector',
  'octobot',
  'wundertrading',
] as const

/** How a body is cut into fields; `auto` looks at the body. */
const DIALECTS = ['auto', 'json', 'key-value', 'csv', 'pipes'] as const

/** Requests of other receivers that this route takes in their place. */
const DROP_INS = ['tradingview-webhook-mqtt', 'rogerthat'] as const

const DAY = 86_400

const ADDRESS = 'accepted: any, tradingview, or a list of addresses and networks such as 10.0.0.0/8'
const address = z.string({ error: ADDRESS }).check(without(addressProblem))

const regex = section({
  regex: text('a regular expression of RE2 with named groups, such as (?P<action>buy|sell)', 2_000),
})
const dialect = z.union([word(DIALECTS), regex.check(without(({ regex }) => groupsProblem(regex)))], {
  error: `accepted: ${DIALECTS.join(', ')}, or { regex: a regular expression of RE2 with named groups }`,
})

const CERTIFICATE = 'accepted: true, false, or { header: the one in which a trusted proxy names the subject }'
const header = z.string({ error: CERTIFICATE }).regex(/^[a-z0-9][a-z0-9-]{0,99}$/i, { error: CERTIFICATE })
const certificate = z.union([flag, section({ header })], { error: CERTIFICATE })

const market = section({
  connector: text('the name of a connector, such as binance', 100),
  pair: z.string().regex(/^[^-\s/]+-[^-\s/]+$/, { error: 'accepted: a pair such as BTC-USDT' }),
})

const topicGlob = text('a topic, in which * stands for one level or a part of it, and ** for anything', 500)

const allow = section({
  bots: z.array(botGlob, { error: 'accepted: a list of bot ids and globs' }).max(1_000).default([]),
  topics: z.array(topicGlob, { error: 'accepted: a list of topics and globs' }).max(1_000).default([]),
  commands: z.array(word(COMMANDS), { error: `accepted: a list of ${COMMANDS.join(', ')}` }).default([]),
})

/** One address `POST /webhooks/tradingview/{route}`: who may send what, how it is read, and what is done. Durations are in seconds. */
export const route = section({
  enabled: flag.default(true),
  secrets: z
    .array(secretSource, { error: 'accepted: a list of texts, { env: NAME } and { file: PATH }' })
    .max(10)
    .default([])
    .describe('any of these opens the route; several for the time in which one is replaced by another'),
  secretField: text('the name of the field that holds the secret', 100).optional(),
  addresses: z
    .union([z.enum(['any', 'tradingview']), z.array(address).min(1).max(1_000)], { error: ADDRESS })
    .optional()
    .describe('default: tradingview, or any where HTTP listens on loopback only'),
  certificate: certificate.default(false).describe('demand the client certificate of TradingView'),
  format: word(FORMATS).default('auto'),
  dialect: dialect.default('auto'),
  columns: z
    .array(text('the name of a column', 100), { error: 'accepted: a list of names' })
    .min(1)
    .max(100)
    .optional()
    .describe('names of the columns of csv and pipes'),
  dropIn: word(DROP_INS).optional().describe('take the requests of another receiver; rules are not used then'),
  topic: text('a topic', 255).optional().describe('where tradingview-webhook-mqtt publishes'),
  bot: selector.optional().describe('where rules say nothing'),
  allow: allow.prefault({}),
  maxBody: whole(1, 1_048_576).default(65_536).describe('bytes'),
  maxBatch: whole(1, 100).default(20).describe('alerts in one body'),
  maxAge: seconds(1, 365 * DAY).default(120),
  futureSkew: seconds(0, DAY).default(30),
  duplicates: section({ body: seconds(0, DAY).default(60), id: seconds(0, 30 * DAY).default(DAY) }).prefault({}),
  symbols: named('EXCHANGE:TICKER or TICKER', /^[^\s]{1,100}$/, market).default({}),
  unavailable: word(['hold', 'dead-letter', 'publish']).default('hold'),
  holdFor: seconds(1, DAY).default(60),
  dryRun: flag.default(false),
  rateLimit: whole(1, 100_000).default(60).describe('alerts per minute'),
  silence: seconds(1, 365 * DAY)
    .optional()
    .describe('without an alert for so long, a warning is given'),
  rules: z.array(rule, { error: 'accepted: a list of rules' }).max(200).default([]),
})

function addressProblem(value: string): string | undefined {
  const [address = '', bits, ...rest] = value.split('/')
  const version = isIP(address)
  const max = version === 4 ? 32 : 128
  const isNetwork = bits === undefined || (/^\d{1,3}$/.test(bits) && Number(bits) <= max)
  return version !== 0 && isNetwork && rest.length === 0 ? undefined : ADDRESS
}

function groupsProblem(pattern: string): string | undefined {
  try {
    compilePattern(pattern)
    return undefined
  } catch (error) {
    return `${messageOf(error)}; accepted: a regular expression of RE2 with named groups, such as (?P<action>buy|sell)`
  }
}
