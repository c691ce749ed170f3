import type { BotbusConfig } from '@botbus/config'
import type { Bus, BusEvent } from '@botbus/core'
import { readConfiguration } from './configuration.ts'
import { EXIT } from './exit-codes.ts'
import { Failure } from './failure.ts'
import type { GlobalOptions } from './global-options.ts'
import { Interruption } from './interruption.ts'
import { say } from './output/messages.ts'
import { chooseFormat, Output, type Shape } from './output/output.ts'
import { showProgress } from './output/progress.ts'

const CONNECT_TIMEOUT = 10_000

/** What a command works with. */
export interface Session {
  readonly bus: Bus
  readonly namespace: string
  readonly output: Output
  /** Milliseconds that a call may take. */
  readonly timeout: number
  /** Fires when the command shall end. */
  readonly signal: AbortSignal
}

/** Reads the configuration, opens the bus, runs the command and closes the bus again, whatever happens. */
export async function withSession(
  options: GlobalOptions,
  shape: Shape,
  run: (session: Session) => Promise<void>,
): Promise<void> {
  const interruption = new Interruption()
  const { signal } = interruption
  try {
    const config = await readConfiguration(options)
    const bus = await connect(config, options, signal)
    try {
      bus.onState((state) => {
        if (state.status === 'connected') say('botbus: connected again')
        if (state.status === 'reconnecting')
          say(`botbus: the link to the broker was lost, reconnecting: ${state.cause.message}`)
      })
      const output = new Output(
        process.stdout,
        chooseFormat(options.output, shape, process.stdout.isTTY === true),
        signal,
      )
      const { COMMAND_TIMEOUT } = await import('@botbus/bridge')
      const { namespace } = config.bridge
      await run({ bus, namespace, output, timeout: options.timeout ?? COMMAND_TIMEOUT, signal })
    } finally {
      await bus.close({ grace: 1_000 })
    }
  } catch (error) {
    throw signal.reason instanceof Failure ? signal.reason : error
  } finally {
    interruption.end()
  }
  if (signal.reason instanceof Failure) throw signal.reason
}

async function connect(config: BotbusConfig, options: GlobalOptions, signal: AbortSignal): Promise<Bus> {
  const { BotbusError } = await import('@botbus/core')
  const { openBus } = await import('@botbus/config')
  const address = config.broker.url.replace(/^embedded:/, 'mqtt://127.0.0.1:')
  const limit = Math.min(options.timeout ?? CONNECT_TIMEOUT, CONNECT_TIMEOUT)
  const endProgress = showProgress((seconds) => `connecting to ${address} … ${seconds} s`)
  try {
    return await openBus(config.broker, {
      namespaces: [config.bridge.namespace],
      ...(config.replyPrefixes ? { replyPrefixes: config.replyPrefixes } : {}),
      connectTimeout: limit,
      signal,
      hooks: { observe: reportLoss },
    })
  } catch (error) {
    if (!BotbusError.is(error) || error.code !== 'NOT_CONNECTED') throw error
    // Its message names the broker, and what may be the matter.
    const text = `no broker at ${error.message}\n${unreachableHelp(config)}`
    throw new Failure(EXIT.brokerUnreachable, text, { cause: error })
  } finally {
    endProgress()
  }
}

function unreachableHelp(config: BotbusConfig): string {
  const { url } = config.broker
  if (url.startsWith('embedded:'))
    return 'Start one with "npm start", or name yours with --url, BOTBUS_BROKER or "broker" in the configuration file.'
  const advice = 'Check that it runs and that --url, BOTBUS_BROKER or "broker" in the configuration file names it'
  return /^mqtts?:/i.test(url) ? `${advice}; "npm start" starts one on this machine.` : `${advice}.`
}

/** What was lost is told, never silently dropped. A late reply is no loss: its call has ended with an error. */
function reportLoss(event: BusEvent): void {
  if (event.type === 'problem') say(`botbus: ${event.error.message}`)
  if (event.type === 'dropped' && event.reason !== 'late_reply') {
    const detail = event.error instanceof Error ? `: ${event.error.message}` : ''
    say(`botbus: dropped a message on ${event.topic} (${event.reason})${detail}`)
  }
  if (event.type === 'listener_failed') {
    say(
      `botbus: failed on a message of ${event.topic}: ${event.error instanceof Error ? event.error.message : String(event.error)}`,
    )
  }
}
