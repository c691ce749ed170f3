import { BotbusError } from './errors.ts'

/** The longest topic in UTF-8 bytes that every broker takes (AMQP routing keys end at 255). */
export const MAX_TOPIC_BYTES = 255

function refuse(kind: string, topic: string, reason: string): never {
  throw new BotbusError('INVALID_ARGUMENT', `${kind} ${JSON.stringify(topic.slice(0, 300))}: ${reason}`)
}

function assertCommon(kind: string, topic: string): void {
  if (topic === '') refuse(kind, topic, 'must not be empty')
  // biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is refused
  if (/[\u0000-\u001f\u007f-\u009f\ud800-\udfff]/u.test(topic)) {
    refuse(kind, topic, 'must not contain control characters or lone surrogates')
  }
  if (topic.length * 3 > MAX_TOPIC_BYTES && Buffer.byteLength(topic) > MAX_TOPIC_BYTES) {
    refuse(kind, topic, `is longer than ${MAX_TOPIC_BYTES} bytes`)
  }
}

/** Throws `INVALID_ARGUMENT` unless `topic` is one that can be published on: levels joined by `/`, no wildcard. */
export function assertTopic(topic: string): void {
  assertCommon('topic', topic)
  if (/[+#]/.test(topic)) refuse('topic', topic, 'must not contain the wildcards + and #')
}

/** Throws `INVALID_ARGUMENT` unless `pattern` is a topic in which `+` stands for one level and a last `#` for the rest. */
export function assertPattern(pattern: string): void {
  assertCommon('pattern', pattern)
  const levels = pattern.split('/')
  for (const [index, level] of levels.entries()) {
    if (level.includes('+') && level !== '+') refuse('pattern', pattern, '+ must be a whole level')
    if (level.includes('#') && (level !== '#' || index !== levels.length - 1)) {
      refuse('pattern', pattern, '# must be the whole last level')
    }
  }
}

/** Throws `INVALID_ARGUMENT` unless `group` is a name that every broker takes: one level, no wildcard. */
export function assertGroup(group: string): void {
  assertCommon('group', group)
  if (/[+#/]/.test(group)) refuse('group', group, 'must not contain /, + and #')
}

export function isPattern(topic: string): boolean {
  return topic.includes('+') || topic.includes('#')
}

/**
 * The one matcher, with MQTT's rules (MQTT 5, section 4.7): `+` is exactly one level, also an empty
 * one; a last `#` is any number of levels, none included (the parent matches); a leading wildcard
 * does not match topics that begin with `$`. Anything else is literal.
 */
export function matches(pattern: string, topic: string): boolean {
  if (pattern === topic) return !isPattern(pattern)
  if (topic.startsWith('$') && (pattern.startsWith('+') || pattern.startsWith('#'))) return false
  let p = 0
  let t = 0
  for (;;) {
    const patternEnd = levelEnd(pattern, p)
    if (patternEnd - p === 1 && pattern[p] === '#') return true
    if (t > topic.length) return false
    const topicEnd = levelEnd(topic, t)
    const isWild = patternEnd - p === 1 && pattern[p] === '+'
    if (!isWild && !sameLevel(pattern, p, patternEnd, topic, t, topicEnd)) return false
    p = patternEnd + 1
    t = topicEnd + 1
    if (p > pattern.length) return t > topic.length
  }
}

function levelEnd(text: string, start: number): number {
  const end = text.indexOf('/', start)
  return end === -1 ? text.length : end
}

function sameLevel(a: string, aStart: number, aEnd: number, b: string, bStart: number, bEnd: number): boolean {
  const length = aEnd - aStart
  return length === bEnd - bStart && b.startsWith(a.slice(aStart, aEnd), bStart)
}

type Level<Path extends string> = Path extends `${infer Head}/${infer Tail}` ? Head | Level<Tail> : Path

type ParameterOf<L> = L extends `{${infer Name}...}` ? Name : L extends `{${infer Name}}` ? Name : never

/** The parameters of a template: `hbot/{bot}/log` has `{ bot: string }`. */
export type TopicParameters<Template extends string> = { [Key in ParameterOf<Level<Template>>]: string }

/**
 * Fills the `{name}` levels of a template. A value is one level; `+` is allowed where `wildcards` is true,
 * and `{name...}` takes several levels.
 */
export function fillTemplate(
  template: string,
  parameters: Readonly<Record<string, string>>,
  wildcards: boolean,
): string {
  let topic = ''
  for (const { literal, name, isRest, separator } of levelsOf(template)) {
    topic += separator + (name === undefined ? literal : parameterValue(template, parameters, name, isRest))
  }
  if (wildcards) assertPattern(topic)
  else assertTopic(topic)
  return topic
}

function parameterValue(
  template: string,
  parameters: Readonly<Record<string, string>>,
  name: string,
  isRest: boolean,
): string {
  const value = Object.hasOwn(parameters, name) ? parameters[name] : undefined
  if (typeof value !== 'string') refuse('template', template, `parameter "${name}" is missing`)
  if (value === '' || (!isRest && value.includes('/'))) {
    refuse('template', template, `parameter "${name}" must be one level, not ${JSON.stringify(value)}`)
  }
  return value
}

/** The values of a template's parameters in a topic, or `undefined` if the topic is not one of its. */
export function extractParameters(template: string, topic: string): Record<string, string> | undefined {
  const parameters: Record<string, string> = {}
  let start = 0
  for (const { literal, name, isRest } of levelsOf(template)) {
    if (start > topic.length) return undefined
    const end = isRest ? topic.length : levelEnd(topic, start)
    const level = topic.slice(start, end)
    if (name !== undefined) parameters[name] = level
    else if (level !== literal) return undefined
    start = end + 1
  }
  return start > topic.length ? parameters : undefined
}

interface TemplateLevel {
  readonly separator: '' | '/'
  readonly literal: string
  readonly name: string | undefined
  readonly isRest: boolean
}

/** Templates stand in programs, so there are few of them; a program that makes them up must not fill the memory. */
const MAX_TEMPLATES = 1_000
const templates = new Map<string, readonly TemplateLevel[]>()

/** Throws `INVALID_ARGUMENT` unless `{name...}` is the last level. */
function levelsOf(template: string): readonly TemplateLevel[] {
  const known = templates.get(template)
  if (known) return known
  if (template.includes('...}/')) refuse('template', template, '{name...} must be the last level')
  const levels = template.split('/').map((literal, index): TemplateLevel => {
    const [, name, rest] = /^\{(\w+)(\.\.\.)?\}$/.exec(literal) ?? []
    return { separator: index === 0 ? '' : '/', literal, name, isRest: rest !== undefined }
  })
  if (templates.size >= MAX_TEMPLATES) templates.clear()
  templates.set(template, levels)
  return levels
}
