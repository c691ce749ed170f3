import { z } from 'zod'
import { whenProblem } from '../rules/match.ts'
import { action } from './action.ts'
import { section, text } from './section.ts'

const ACCEPTED = 'accepted: a text, a number, true or false, or a section of in, not, matches, above, below, exists'

const scalar = z.union([z.string().max(1_000), z.number(), z.boolean()], {
  error: 'accepted: a text, a number, true or false',
})
const scalars = z.array(scalar, { error: 'accepted: a list of texts, numbers, true or false' }).min(1).max(1_000)
const bound = z.union([z.number(), z.string()], { error: 'accepted: a decimal' })

const test = section({
  in: scalars.optional(),
  not: z.union([scalar, scalars], { error: 'accepted: a value, or a list of values' }).optional(),
  matches: text('a regular expression of RE2', 500).optional(),
  above: bound.optional(),
  below: bound.optional(),
  exists: z.boolean({ error: 'accepted: true or false' }).optional(),
})

const when = z.record(z.string(), z.union([scalar, test], { error: ACCEPTED })).check((context) => {
  if (context.issues.length > 0) return
  for (const [path, wanted] of Object.entries(context.value)) {
    const message = whenProblem(path, wanted)
    if (message !== undefined) context.issues.push({ code: 'custom', message, input: wanted, path: [path] })
  }
})

/** When a rule counts, and what it does then. */
export const rule = section({
  name: text('a name', 100).optional(),
  when: when.optional(),
  do: z.array(action, { error: 'accepted: a list of actions' }).min(1, 'accepted: one action at least').max(100),
}).check((context) => {
  const actions = context.value.do
  if (actions.length === 1 || !actions.some(({ kind }) => kind === 'ignore')) return
  const message = 'accepted: ignore as the only action of a rule'
  context.issues.push({ code: 'custom', message, input: actions, path: ['do'] })
})

export type RuleConfig = z.output<typeof rule>
