import { botContract, type CommandName } from '@botbus/bridge'
import type { JsonObject, JsonValue } from '@botbus/plugin'
import { z } from 'zod'
import { eventNameProblem } from '../rules/event-name.ts'
import { templateProblem } from '../rules/template.ts'
import { section, text, without, word } from './section.ts'
import { selector } from './selector.ts'

/** One thing that a rule does. */
export type Action =
  | ToBots<{ readonly kind: 'order.market'; readonly data: JsonObject }>
  | ToBots<{ readonly kind: 'bot.action' }>
  | ToBots<{ readonly kind: 'event'; readonly name: string; readonly data: JsonObject; readonly type?: string }>
  | ToBots<{ readonly kind: 'command'; readonly command: CommandName; readonly arguments: JsonObject }>
  | {
      readonly kind: 'ml_signals'
      readonly topic?: string
      readonly probabilities?: JsonValue
      readonly targetPct?: JsonValue
    }
  | { readonly kind: 'publish'; readonly topic: string; readonly message: JsonValue }
  | { readonly kind: 'ignore'; readonly reason: string }

type ToBots<Kind> = Kind & { readonly to?: readonly string[] }

export const COMMANDS = Object.keys(botContract().commands) as [CommandName, ...CommandName[]]
const PRESETS = ['order.market', 'ml_signals', 'bot.action'] as const

/** JSON with templates in its texts. */
const json = z.json({ error: 'accepted: JSON' }).check(without((value) => templateProblem(value as JsonValue)))
const object = z
  .record(z.string(), z.json(), { error: 'accepted: a section' })
  .check(without((value) => templateProblem(value as JsonObject)))

const raw = section({
  preset: word(PRESETS).optional(),
  event: z
    .string({ error: 'accepted: words joined by ".", such as order.market' })
    .max(200)
    .check(without(eventNameProblem))
    .optional(),
  command: word(COMMANDS).optional(),
  publish: text('a topic, such as hbot/predictions/{{market.pair}}/ML_SIGNALS', 500).optional(),
  ignore: text('the reason').optional(),
  to: selector.optional(),
  data: object.optional(),
  type: text('the type of the event', 200).optional(),
  arguments: object.optional(),
  message: json.optional(),
  topic: text('a topic', 500).optional(),
  probabilities: json.optional(),
  targetPct: json.optional(),
})

type Raw = z.output<typeof raw>
type Key = keyof Raw

const KINDS = ['preset', 'event', 'command', 'publish', 'ignore'] as const

/** What may stand beside the key that says what is done. */
const COMPANIONS: Readonly<Record<string, readonly Key[]>> = {
  'order.market': ['data', 'to'],
  'bot.action': ['to'],
  ml_signals: ['topic', 'probabilities', 'targetPct'],
  event: ['data', 'type', 'to'],
  command: ['arguments', 'to'],
  publish: ['message'],
  ignore: [],
}

export const action = raw
  .check((context) => {
    const message = shapeProblem(context.value)
    if (message !== undefined) context.issues.push({ code: 'custom', message, input: context.value })
  })
  .transform(toAction)

function shapeProblem(given: Raw): string | undefined {
  const kinds = KINDS.filter((key) => given[key] !== undefined)
  const [kind] = kinds
  if (kind === undefined || kinds.length > 1) {
    return `accepted: exactly one of ${KINDS.join(', ')}; found ${kinds.join(' and ') || 'none'}`
  }
  if (kind === 'publish' && given.message === undefined) return 'accepted: publish with a message; it is missing'
  const name = kind === 'preset' ? String(given.preset) : kind
  const companions = COMPANIONS[name] ?? []
  const stray = (Object.keys(given) as Key[]).find(
    (key) => given[key] !== undefined && key !== kind && !companions.includes(key),
  )
  if (stray === undefined) return undefined
  return `${stray} has no meaning beside ${name}; accepted: ${companions.join(', ') || 'nothing'}`
}

function toAction(given: Raw): Action {
  const { preset, event, command, publish, ignore } = given
  const to = given.to === undefined ? {} : { to: given.to }
  const data = (given.data ?? {}) as JsonObject
  if (preset === 'order.market') return { kind: preset, data, ...to }
  if (preset === 'bot.action') return { kind: preset, ...to }
  if (preset === 'ml_signals') {
    return {
      kind: preset,
      ...(given.topic === undefined ? {} : { topic: given.topic }),
      ...(given.probabilities === undefined ? {} : { probabilities: given.probabilities as JsonValue }),
      ...(given.targetPct === undefined ? {} : { targetPct: given.targetPct as JsonValue }),
    }
  }
  if (event !== undefined) {
    return { kind: 'event', name: event, data, ...(given.type === undefined ? {} : { type: given.type }), ...to }
  }
  if (command !== undefined)
    return { kind: 'command', command, arguments: (given.arguments ?? {}) as JsonObject, ...to }
  if (publish !== undefined) return { kind: 'publish', topic: publish, message: given.message as JsonValue }
  return { kind: 'ignore', reason: ignore ?? '' }
}
