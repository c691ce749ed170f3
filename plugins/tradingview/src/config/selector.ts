import { isBotId } from '@botbus/bridge'
import { z } from 'zod'
import { without } from './section.ts'

/** Bots: an id, a glob (`mm-*`), a group (`@makers`). */
const ACCEPTED_TARGET = 'a bot id, a glob such as mm-*, or a group such as @makers'

const error = `accepted: ${ACCEPTED_TARGET}`

/** One bot id or glob, no group. */
export const botGlob = z
  .string({ error: 'accepted: a bot id, or a glob such as mm-*' })
  .check(
    without((value) =>
      isBotId(value) && !value.startsWith('@') ? undefined : 'accepted: a bot id, or a glob such as mm-*',
    ),
  )

const target = z.string({ error }).check(without((value) => (isBotId(value) && value !== '@' ? undefined : error)))

/** One or several. */
export const selector = z
  .union([target.transform((one) => [one]), z.array(target).min(1).max(1_000)], {
    error: `${error}; or a list of these`,
  })
  .describe(`${ACCEPTED_TARGET}; or a list of these`)
