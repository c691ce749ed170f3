import type { BotClient } from '@botbus/bridge'
import { formatDuration } from '../arguments/duration.ts'
import { EXIT } from '../exit-codes.ts'
import { Failure } from '../failure.ts'
import { say } from '../output/messages.ts'

/** Most answers come sooner; those calls pay for no subscription. */
const PATIENCE = 1_000
/** A bot sends a heartbeat every 10 s. */
const LISTENING = 11_000

export interface PresenceWatch {
  /** Fires, with a `Failure`, when waiting on makes no sense. */
  readonly signal: AbortSignal
  /** What is known so far, for the progress line. */
  note(): string
  end(): void
}

/**
 * Listens for the heartbeats of a bot that takes long to answer: many brokers cannot tell that nobody serves an
 * address, and the caller need not wait for the whole timeout then. The refusals of a `BotDirectory` are no help here: it knows
 * that a bot is not there, or is there twice, only after half a minute, and ignores the goodbye of a bot that it never heard.
 */
export function watchPresence(bot: BotClient, namespace: string): PresenceWatch {
  const verdict = new AbortController()
  const ended = new AbortController()
  let isHeard = false
  let timer = setTimeout(() => void listen(), PATIENCE)

  function onHeartbeat({ retained }: { retained: boolean }): void {
    if (!retained) isHeard = true
  }

  async function listen(): Promise<void> {
    const options = { signal: ended.signal }
    try {
      await bot.on('heartbeat', onHeartbeat, options)
      // Counted from here: some brokers take seconds to subscribe.
      if (!ended.signal.aborted)
        timer = setTimeout(() => !isHeard && verdict.abort(notHeard(bot.id, namespace)), LISTENING)
      await bot.on(
        'statusUpdates',
        ({ data, retained }) => {
          if (!retained && data.type === 'availability' && data.msg === 'offline') verdict.abort(saidGoodbye(bot.id))
        },
        options,
      )
    } catch (error) {
      // The call goes on without us. A lost link or Ctrl-C ends it too, and is reported there.
      clearTimeout(timer)
      if (!ended.signal.aborted) say(`botbus: cannot listen for heartbeats of ${bot.id}: ${(error as Error).message}`)
    }
  }

  return {
    signal: verdict.signal,
    note: () => (isHeard ? ' (its heartbeat was heard)' : ''),
    end: () => {
      clearTimeout(timer)
      ended.abort()
    },
  }
}

function notHeard(id: string, namespace: string): Failure {
  return new Failure(
    EXIT.notFound,
    `no bot "${id}" was heard: neither an answer nor, for ${formatDuration(LISTENING)}, a heartbeat on ${namespace}/${id}/hb ` +
      '("botbus bot ls" lists the bots that are there)',
  )
}

function saidGoodbye(id: string): Failure {
  return new Failure(
    EXIT.offline,
    `${id} went offline before it answered: whether it carried the command out is unknown`,
  )
}
