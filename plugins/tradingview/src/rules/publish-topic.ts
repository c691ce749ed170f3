import { AlertError } from '../alert-error.ts'
import type { Signal } from '../signal.ts'
import { compileGlobs } from './glob.ts'
import { isFreeText } from './paths.ts'
import { compileJoined, pathsIn, shorten } from './template.ts'
import { topicProblem } from './topics.ts'

/** What an alert may put into one level of a topic. */
const LEVEL = /^[^/+#\s\p{C}]{1,100}$/u

/**
 * The topic of an action, with its templates filled in. Where the alert may write what it likes (its fields, comment, id), the topic
 * must be among `allow.topics`; a text that is one such template only may have several levels. Throws `NOT_ALLOWED`.
 */
export function compileTopic(topic: string, allowed: readonly string[]): (signal: Signal) => string {
  const paths = pathsIn(topic)
  if (paths.length === 0) return () => topic
  const isFree = paths.some(isFreeText)
  const isWhole = paths.length === 1 && /^\{\{[^{}]*\}\}$/.test(topic)
  const fill = compileJoined(topic, isWhole && isFree ? undefined : assertLevel)
  const isAllowed = compileGlobs(allowed)
  return (signal) => {
    const filled = fill(signal)
    const problem = topicProblem(filled)
    if (problem !== undefined) throw new AlertError('NOT_ALLOWED', problem)
    if (!isFree || isAllowed(filled)) return filled
    throw new AlertError(
      'NOT_ALLOWED',
      `the alert names the topic ${shorten(filled)}, which is not among allow.topics of the route`,
    )
  }
}

function assertLevel(value: string, path: string): void {
  if (LEVEL.test(value)) return
  throw new AlertError('NOT_ALLOWED', `"${path}" must be one level of a topic, found ${shorten(value)}`)
}
