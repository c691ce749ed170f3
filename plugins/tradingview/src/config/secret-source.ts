import { z } from 'zod'
import { ACCEPTED_SECRET, SecretText, weaknessOf } from './secret-text.ts'
import { section, text } from './section.ts'

/** Where a secret comes from: itself, an environment variable, or a file. */
export type SecretSource = SecretText | { readonly env: string } | { readonly file: string }

const env = section({ env: text('the name of an environment variable', 200) })
const file = section({ file: text('the path of a file', 4_096) })

/** One secret. A text is hidden at once; what is weak is refused. */
export const secretSource = z.unknown().transform((value, context): SecretSource => {
  if (value instanceof SecretText) return value
  if (typeof value === 'string') {
    const weakness = weaknessOf(value)
    if (weakness === undefined) return new SecretText(value)
    context.issues.push({ code: 'custom', message: `${weakness}; ${ACCEPTED_SECRET}`, input: undefined })
    return z.NEVER
  }
  for (const schema of [env, file]) {
    const result = schema.safeParse(value)
    if (result.success) return result.data as SecretSource
  }
  const message = 'accepted: a text, { env: NAME } or { file: PATH }'
  context.issues.push({ code: 'custom', message, input: undefined })
  return z.NEVER
})
