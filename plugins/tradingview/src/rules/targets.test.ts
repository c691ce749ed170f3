import { describe, expect, it } from 'vitest'
import { inContext } from '../../test/planning.ts'
import type { Signal } from '../signal.ts'
import { compileTargets } from './targets.ts'

const groups = { makers: ['gamma', 'mm-*'], empty: ['zz-*'] }
const SIGNAL: Signal = { format: 'generic', fields: {} }
const ids = ['alpha', 'mm-1', 'mm-2', 'gamma']

function targetsOf(
  source: { to?: string[]; bot?: string[]; allowed?: string[] },
  named?: unknown,
  heard = ids,
): readonly string[] {
  const signal = named === undefined ? SIGNAL : { ...SIGNAL, fields: { bot: named as string } }
  return compileTargets({ allowed: [], ...source, groups })(signal, inContext({ groups, ids: heard }))
}

const refused = (code: string, message: string) =>
  expect.objectContaining({ code, message: expect.stringContaining(message) })

describe('compileTargets', () => {
  it.each([
    [['beta'], ['beta']],
    [
      ['beta', 'alpha', 'beta'],
      ['beta', 'alpha'],
    ],
    [['mm-*'], ['mm-1', 'mm-2']],
    [['@makers'], ['gamma', 'mm-1', 'mm-2']],
    [
      ['mm-2', 'mm-*', '@makers'],
      ['mm-2', 'mm-1', 'gamma'],
    ],
  ])('resolves %j, each bot once, in the order of the selector', (to, bots) => {
    expect(targetsOf({ to })).toEqual(bots)
  })

  it('sends to a bot that was never heard when it is named, not when a glob would have to find it', () => {
    expect(targetsOf({ to: ['beta'] }, undefined, [])).toEqual(['beta'])
    expect(() => targetsOf({ to: ['mm-*'] }, undefined, [])).toThrow(
      refused('INVALID_FIELD', 'the selector mm-* matches no bot that was heard'),
    )
    expect(() => targetsOf({ to: ['@empty'] })).toThrow(
      refused('INVALID_FIELD', 'the selector @empty matches no bot that was heard'),
    )
  })

  it('takes the bot of the route where the rule names none', () => {
    expect(targetsOf({ bot: ['alpha'] })).toEqual(['alpha'])
    expect(targetsOf({ to: ['beta'], bot: ['alpha'] })).toEqual(['beta'])
    expect(() => targetsOf({ allowed: ['*'] })).toThrow(
      refused('INVALID_FIELD', 'neither the rule nor the route names a bot'),
    )
  })

  it('lets the alert name a bot that the route allows, or that of the route itself', () => {
    expect(targetsOf({ bot: ['alpha'], allowed: ['mm-*'] }, 'mm-9')).toEqual(['mm-9'])
    expect(targetsOf({ bot: ['alpha'] }, 'alpha')).toEqual(['alpha'])
    expect(targetsOf({ bot: ['alpha'] }, '')).toEqual(['alpha'])
    expect(() => targetsOf({ bot: ['alpha'], allowed: ['mm-*'] }, 'beta')).toThrow(
      refused('NOT_ALLOWED', 'the alert names the bot "beta"'),
    )
  })

  it('never lets the alert change the selector of a rule', () => {
    expect(targetsOf({ to: ['beta'], allowed: ['*'] }, 'alpha')).toEqual(['beta'])
  })

  it.each([['@makers'], ['mm-*'], ['a/b'], ['#'], [7], [['alpha']]])('refuses %j as the name of one bot', (named) => {
    expect(() => targetsOf({ bot: ['alpha'], allowed: ['*'] }, named)).toThrow(
      refused('INVALID_FIELD', 'must be the id of one bot'),
    )
  })

  it('refuses more than 1,000 bots', () => {
    const many = Array.from({ length: 1_001 }, (_, index) => `mm-${index}`)
    expect(targetsOf({ to: ['mm-*'] }, undefined, many.slice(1))).toHaveLength(1_000)
    expect(() => targetsOf({ to: ['mm-*'] }, undefined, many)).toThrow(
      refused('INVALID_FIELD', 'matches 1001 bots, more than 1000'),
    )
  })
})
