import { z } from 'zod'

/** A section whose unknown keys are errors; the message names the keys that there are. */
export function section<Shape extends z.ZodRawShape>(shape: Shape): z.ZodObject<Shape, z.core.$strict> {
  const known = Object.keys(shape).join(', ')
  return z.strictObject(shape, {
    error: (issue) => {
      if (issue.code !== 'unrecognized_keys') return `accepted: a section of ${known}`
      const keys = (issue['keys'] as string[]).map((key) => JSON.stringify(key)).join(', ')
      return `unknown key ${keys}; accepted: ${known}`
    },
  })
}

/** One of a few words. */
export function word<const Words extends readonly [string, ...string[]]>(words: Words) {
  return z.enum(words, { error: `accepted: ${words.join(', ')}` })
}

/** Text that is not empty, of at most `max` characters. */
export function text(what: string, max: number = 1_000): z.ZodString {
  const error = `accepted: ${what}, as text of 1 to ${max} characters`
  return z.string({ error }).min(1, { error }).max(max, { error }).describe(what)
}

export const flag: z.ZodBoolean = z.boolean({ error: 'accepted: true or false' })

/** A whole number. */
export function whole(min: number, max: number): z.ZodInt {
  const error = `accepted: a whole number from ${min} to ${max}`
  return z.int({ error }).min(min, { error }).max(max, { error })
}

/** A duration in seconds; fractions are accepted. */
export function seconds(min: number, max: number): z.ZodNumber {
  const error = `accepted: seconds, a number from ${min} to ${max}`
  return z.number({ error }).min(min, { error }).max(max, { error }).describe('seconds')
}

/** Names in a section, each with a value. */
export function named<Value extends z.ZodType>(what: string, pattern: RegExp, value: Value) {
  const key = z.string().regex(pattern, { error: `accepted: ${what}` })
  return z.record(key, value, {
    error: (issue) => (issue.code === 'invalid_key' ? `accepted: ${what}` : `accepted: a section of ${what}`),
  })
}

/** What is wrong with a value, or undefined. The message says what is accepted. */
export type Problem = string | undefined

/** Refuses what `problemOf` finds wrong. */
export function without<Value>(problemOf: (value: Value) => Problem): (context: z.core.ParsePayload<Value>) => void {
  return (context) => {
    const message = problemOf(context.value)
    if (message !== undefined) context.issues.push({ code: 'custom', message, input: context.value })
  }
}
