import { isBotId } from '@botbus/bridge'
import { AlertError } from '../alert-error.ts'
import type { Signal } from '../signal.ts'
import { compileGlob, compileGlobs } from './glob.ts'
import { MAX_DELIVERIES, type PlanContext } from './plan-context.ts'
import { shorten } from './template.ts'

/** The bots that an action goes to, in the order of the selector, each once. Never empty: throws `INVALID_FIELD` or `NOT_ALLOWED`. */
export type Targets = (signal: Signal, context: PlanContext) => readonly string[]

interface Source {
  /** The selector of the action. */
  readonly to?: readonly string[] | undefined
  /** That of the route. */
  readonly bot?: readonly string[] | undefined
  /** What alerts may name. */
  readonly allowed: readonly string[]
  readonly groups: Readonly<Record<string, readonly string[]>>
}

/**
 * The selector of the action counts, whatever the alert says. Where there is none, the bot that the alert names in its field `bot`
 * does, if the route allows it, then that of the route.
 */
export function compileTargets({ to, bot, allowed, groups }: Source): Targets {
  if (to) {
    const select = compileSelector(to, groups)
    return (_, context) => select(context)
  }
  const isAllowed = compileGlobs(allowed)
  const isOwn = new Set(bot)
  const select = bot && compileSelector(bot, groups)
  return (signal, context) => {
    const named = namedBot(signal)
    if (named !== undefined) {
      if (isOwn.has(named) || isAllowed(named)) return [named]
      throw new AlertError(
        'NOT_ALLOWED',
        `the alert names the bot ${shorten(named)}, which is not among allow.bots of the route`,
      )
    }
    if (select) return select(context)
    throw new AlertError(
      'INVALID_FIELD',
      'neither the rule nor the route names a bot, and the alert has no field "bot"',
    )
  }
}

/** The bot that an alert names. */
function namedBot({ fields }: Signal): string | undefined {
  const named = Object.hasOwn(fields, 'bot') ? fields['bot'] : undefined
  if (named === undefined || named === null || named === '') return undefined
  if (typeof named === 'string' && isBotId(named) && !/^@|\*/.test(named)) return named
  throw new AlertError('INVALID_FIELD', `the field "bot" must be the id of one bot, found ${shorten(named)}`)
}

function compileSelector(
  targets: readonly string[],
  groups: Source['groups'],
): (context: PlanContext) => readonly string[] {
  const parts = targets.flatMap((target) => (target.startsWith('@') ? groupOf(target.slice(1), groups) : [target]))
  const ids = [...new Set(parts)]
  if (!ids.some((part) => part.includes('*'))) {
    assertCount(ids.length, targets)
    return () => ids
  }
  const tests = ids.map((part) => (part.includes('*') ? compileGlob(part) : part))
  return ({ bots }) => {
    const known = bots.bots
    const selected = new Set<string>()
    for (const test of tests) {
      if (typeof test === 'string') selected.add(test)
      else for (const { id } of known) if (test(id)) selected.add(id)
    }
    assertCount(selected.size, targets)
    return [...selected]
  }
}

function groupOf(name: string, groups: Source['groups']): readonly string[] {
  return Object.hasOwn(groups, name) ? (groups[name] ?? []) : []
}

function assertCount(count: number, targets: readonly string[]): void {
  const selector = targets.join(', ')
  if (count === 0) throw new AlertError('INVALID_FIELD', `the selector ${selector} matches no bot that was heard`)
  if (count > MAX_DELIVERIES) {
    throw new AlertError('INVALID_FIELD', `the selector ${selector} matches ${count} bots, more than ${MAX_DELIVERIES}`)
  }
}
