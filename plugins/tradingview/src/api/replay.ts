import type { DeadLetter, Guard, JsonObject, PluginStore } from '@botbus/plugin'
import { AlertError } from '../alert-error.ts'
import { deliveryOf } from '../deliver/task.ts'
import type { Plan } from '../delivery.ts'
import type { Acceptor } from '../receive/acceptor.ts'
import type { Result } from '../receive/answer.ts'
import { fromLetterContent, planIncoming } from '../receive/incoming.ts'
import type { LiveRoute } from '../receive/live-route.ts'
import type { PlanContext } from '../rules/plan-context.ts'
import { topicProblem } from '../rules/topics.ts'

/** The guard of a replay outlives its letter. */
const FOR_EVER = 10 * 365 * 86_400_000

export interface ReplayParts {
  readonly acceptor: Acceptor
  readonly store: PluginStore
  readonly context: PlanContext
}

interface Replay {
  readonly content: JsonObject
  readonly plan: Plan
}

/**
 * Does again what a dead letter is about, once. An alert that was refused is planned anew, with the rules of today. A delivery that
 * had been planned is repeated as it was, that one alone: the others of its alert may have succeeded. Neither its age nor whether its
 * body came before matters; what the route allows does. Throws an `AlertError`.
 */
export async function replay(
  letter: DeadLetter,
  route: LiveRoute,
  { acceptor, store, context }: ReplayParts,
): Promise<readonly Result[]> {
  const now = Date.now()
  const { execution } = letter
  const plans =
    execution === undefined ? planAgain(letter, route, context, now) : [await repeat(execution, route, store)]
  const results: Result[] = []
  for (const [index, { content, plan }] of plans.entries()) {
    const guards: Guard[] = [{ key: `replay:${letter.id}:${index}`, until: now + FOR_EVER }]
    results.push(
      await acceptor.accept(route, {
        sender: 'replay',
        content: { ...content, replayOf: letter.id },
        plan,
        guards,
        now,
      }),
    )
  }
  return results
}

function planAgain(letter: DeadLetter, route: LiveRoute, context: PlanContext, now: number): Replay[] {
  return fromLetterContent(letter.content).map((incoming) =>
    planIncoming(route.config, incoming, { context, now, isReplay: true }),
  )
}

/** What was planned is in the journal as it was; the letter is for people, and holds no secrets. */
async function repeat(id: string, { config }: LiveRoute, store: PluginStore): Promise<Replay> {
  const execution = await store.executions.get(id)
  if (!execution) throw new AlertError('UNREADABLE', 'the delivery of this dead letter is not in the journal any more')
  // After a crash the letter may be there before the end of its delivery: both would be sent.
  const { status } = execution
  if (status === 'pending' || status === 'sent' || status === 'succeeded') {
    throw new AlertError('NOT_ALLOWED', `the delivery of this dead letter is ${status}: it has not failed`)
  }
  const delivery = deliveryOf(execution)
  if (delivery.kind === 'command' && !config.allow.commands.includes(delivery.command)) {
    throw new AlertError('NOT_ALLOWED', `the command ${delivery.command} is not among allow.commands of the route`)
  }
  const problem = delivery.kind === 'publish' ? topicProblem(delivery.topic) : undefined
  if (problem !== undefined) throw new AlertError('NOT_ALLOWED', problem)
  return { content: {}, plan: { kind: 'deliver', rule: 'replay', deliveries: [delivery] } }
}
