import type { BotClient } from '@botbus/bridge'
import type { CallOptions } from '@botbus/core'
import { EXIT } from '../exit-codes.ts'
import { Failure } from '../failure.ts'
import type { GlobalOptions } from '../global-options.ts'
import { escapeText } from '../output/escape.ts'
import { showProgress } from '../output/progress.ts'
import { type Session, withSession } from '../session.ts'
import { watchPresence } from './presence-watch.ts'

/** For the help of commands that are answered before they are done. */
export const ACCEPTED_OR_DONE: string =
  'The bot answers as soon as it has accepted the command. With --wait it answers when the command is\n' +
  'done, up to 30 s later. A bot that refuses or fails makes this command end with exit code 1.'

/** What every answer of a bot holds. */
export interface BotAnswer {
  status: number
  msg: string
}

/** One command to one bot. */
export interface BotRequest<Answer extends BotAnswer> {
  /** For messages: `start`, `balance limit`. */
  name: string
  send(bot: BotClient, options: CallOptions): Promise<Answer>
  /** What a person reads. Called for refusals too, as they may hold a part of the result. */
  toText(answer: Answer): string
  /** Why an answer of status 200 is a failure all the same, if it is one. */
  failure?(answer: Answer): string | undefined
}

/** Sends a command and prints the answer. A bot that refuses makes the command fail with exit code 1. */
export async function runBotCommand<Answer extends BotAnswer>(
  id: string,
  options: GlobalOptions,
  request: BotRequest<Answer>,
): Promise<void> {
  await withSession(options, 'answer', async (session) => {
    const answer = await ask(session, id, request)
    await session.output.print(answer, () => request.toText(answer))
    const refusal = `${id} answered ${answer.status} to ${request.name}: ${answer.msg || '(no reason given)'}`
    const failure = answer.status === 200 ? request.failure?.(answer) : refusal
    if (failure !== undefined) throw new Failure(EXIT.error, failure)
  })
}

/** What a bot said, or that it accepted or did what was asked. */
export function textOf(answer: BotAnswer & { data?: unknown }, otherwise: string): string {
  if (answer.status !== 200) return ''
  const data = typeof answer.data === 'string' ? answer.data : ''
  return escapeText(data || answer.msg || otherwise)
}

async function ask<Answer extends BotAnswer>(
  session: Session,
  id: string,
  request: BotRequest<Answer>,
): Promise<Answer> {
  const { BotClient } = await import('@botbus/bridge')
  const { bus, namespace, signal, timeout } = session
  const bot = new BotClient(bus, id, { namespace })
  const presence = watchPresence(bot, namespace)
  const endProgress = showProgress(
    (seconds) => `waiting for ${id} to answer ${request.name}${presence.note()} … ${seconds} s`,
  )
  try {
    return await request.send(bot, { timeout, signal: AbortSignal.any([signal, presence.signal]) })
  } catch (error) {
    if (presence.signal.reason instanceof Failure) throw presence.signal.reason
    const { BotbusError } = await import('@botbus/core')
    if (!BotbusError.is(error) || error.code !== 'NO_RESPONDER') throw error
    const message = `no bot "${id}" is there: ${error.message}, so nothing was sent ("botbus bot ls" lists the bots that are)`
    throw new Failure(EXIT.notFound, message, { cause: error })
  } finally {
    endProgress()
    presence.end()
  }
}
