import { isPattern, matches } from '@botbus/core'

/*
 * Topics and Redis channels. commlib-py joins levels with dots, so `hbot/bot1/log` is the channel `hbot.bot1.log`; a dot within a level
 * becomes a slash, so that no two topics share a channel.
 */

export function toChannel(topic: string): string {
  return topic.includes('.') ? swap(topic) : topic.replaceAll('/', '.')
}

export function toTopic(channel: string): string {
  return channel.includes('/') ? swap(channel) : channel.replaceAll('.', '/')
}

function swap(text: string): string {
  return text.replace(/[./]/g, (character) => (character === '.' ? '/' : '.'))
}

/** One SUBSCRIBE or PSUBSCRIBE of a pattern. */
export interface Filter {
  readonly kind: 'subscribe' | 'psubscribe'
  /** The channel, or the glob. */
  readonly name: string
  /** Whether this filter, and no other one of the pattern, is to deliver a message on that topic. Redis has found that the glob fits. */
  accepts(topic: string): boolean
}

/**
 * What a pattern subscribes to. A glob's `*` takes several levels and none, so what arrives is matched again. Redis sends a copy for
 * each filter that fits; `accepts` lets exactly one of them through.
 */
export function toFilters(pattern: string): Filter[] {
  if (!isPattern(pattern)) return [{ kind: 'subscribe', name: toChannel(pattern), accepts: () => true }]
  if (pattern === '#' || !pattern.endsWith('#')) return [toGlobFilter(pattern)]
  const parent = pattern.slice(0, -2)
  const children: Filter = {
    kind: 'psubscribe',
    name: `${toGlob(parent)}.*`,
    accepts: (topic) => matches(pattern, topic) && !matches(parent, topic),
  }
  if (parent === '') return [children]
  return [...toFilters(parent), children]
}

function toGlobFilter(pattern: string): Filter {
  const filter = { kind: 'psubscribe', name: toGlob(pattern) } as const
  if (pattern.startsWith('+') || pattern === '#') return { ...filter, accepts: (topic) => matches(pattern, topic) }
  // Where there are as many levels as in the pattern, each `*` stands for one.
  const count = countLevels(pattern)
  return { ...filter, accepts: (topic) => countLevels(topic) === count }
}

function countLevels(topic: string): number {
  let count = 1
  for (let at = topic.indexOf('/'); at !== -1; at = topic.indexOf('/', at + 1)) count++
  return count
}

function toGlob(pattern: string): string {
  const levels = pattern.split('/')
  return levels.map((level) => (level === '+' || level === '#' ? '*' : escapeGlob(toChannel(level)))).join('.')
}

/** The characters that mean something in a glob of Redis. */
function escapeGlob(text: string): string {
  return text.replace(/[*?[\]\\]/g, '\\$&')
}
