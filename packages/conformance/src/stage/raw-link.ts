import type { BotbusError, IncomingReply, Transport, TransportState } from '@botbus/core'
import type { ConformanceTarget } from '../subject.ts'
import type { Stage } from './stage.ts'

/** A connected transport without a bus, and what it told. */
export interface RawLink {
  readonly transport: Transport
  readonly replies: IncomingReply[]
  readonly states: TransportState['status'][]
  readonly problems: BotbusError[]
  /** Ids of calls that nobody can answer. */
  readonly unanswerable: string[]
}

export async function rawLink(stage: Stage, target?: Partial<ConformanceTarget>): Promise<RawLink> {
  const transport = stage.transport(target)
  const link: RawLink = { transport, replies: [], states: [], problems: [], unanswerable: [] }
  await transport.connect({
    events: {
      state: ({ status }) => void link.states.push(status),
      reply: (reply) => void link.replies.push(reply),
      problem: (error) => void link.problems.push(error),
      unanswerable: (id) => void link.unanswerable.push(id),
    },
  })
  stage.keep({ [Symbol.asyncDispose]: () => transport.close() })
  return link
}
