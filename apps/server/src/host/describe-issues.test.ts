import { describe, expect, it } from 'vitest'
import { z } from 'zod'
import { describeIssues } from './describe-issues.ts'

const route = z.strictObject({
  size: z.number().max(10).optional(),
  kind: z.enum(['a', 'b']).optional(),
  to: z.union([z.string(), z.array(z.string())]).optional(),
  secrets: z.array(z.union([z.string().min(16), z.strictObject({ env: z.string() })])).optional(),
  address: z
    .string()
    .refine((text) => text.includes('.'), 'expected a name with a dot')
    .optional(),
})
const schema = z.strictObject({ routes: z.record(z.string(), route).optional() })

function lines(demo: unknown, key = 'tradingview'): string {
  const section = { routes: { demo } }
  const result = schema.safeParse(section)
  return result.success ? 'accepted' : describeIssues(result.error.issues, section, key).join('\n')
}

describe('a refused section', () => {
  it.each([
    ['a wrong type', { size: 'x' }, 'plugins.tradingview.routes.demo.size: found "x"; accepted: number'],
    ['a word that is none', { kind: 'c' }, 'plugins.tradingview.routes.demo.kind: found "c"; accepted: a, b'],
    [
      'a section where a value belongs',
      { kind: {} },
      'plugins.tradingview.routes.demo.kind: found a section; accepted: a, b',
    ],
    [
      'what is missing',
      { secrets: [{}] },
      'plugins.tradingview.routes.demo.secrets.0.env: found nothing; accepted: string',
    ],
    ['an unknown key', { colour: 1 }, 'plugins.tradingview.routes.demo.colour: unknown key'],
    ['none of several forms', { to: 1 }, 'plugins.tradingview.routes.demo.to: found 1; accepted: string, or array'],
    [
      'what the plugin itself checks',
      { address: 'x' },
      'plugins.tradingview.routes.demo.address: found "x"; expected a name with a dot',
    ],
  ])('is named by path, what was found and what is accepted: %s', (_, demo, line) => {
    expect(lines(demo)).toBe(line)
  })

  it('shows no secret, whatever is wrong with it', () => {
    const text = lines({ secrets: ['hidden', { env: 'A', value: 'hidden' }, ['hidden']] })
    expect(text).toContain('plugins.tradingview.routes.demo.secrets.0: found a value that is not shown here')
    expect(text).not.toContain('hidden')
  })

  it('names a plugin that is a path so that the key can be found', () => {
    expect(lines({ size: 11 }, './mine.ts')).toContain('plugins["./mine.ts"].routes.demo.size: found 11; accepted: ')
  })
})
