import { setTimeout as sleep } from 'node:timers/promises'
import { BotbusError, type Bus, type BusOptions, connectBus } from '@botbus/core'
import { readBrokerFiles } from './broker-files.ts'
import { checkBroker, separateCredentials } from './broker-section.ts'
import { type LastWill, type Scheme, schemeOf } from './transports.ts'
import type { BrokerConfig } from './types.ts'

export interface OpenBusOptions extends BusOptions {
  /** The namespaces whose bots we call: replies come back under them. Default `['hbot']`. */
  namespaces?: string[]
  /** Published by the broker when our link breaks, where the broker can do that. */
  lastWill?: LastWill
  /** Milliseconds for one attempt to connect. Default 10,000. */
  connectTimeout?: number
  /** Goes on until the broker is there, with back-off. Refused credentials and wrong options still reject. Default false. */
  waitForBroker?: boolean
  /** Called after each failed attempt of `waitForBroker`, with the ms until the next one. */
  onAttempt?: (error: BotbusError, delay: number) => void
}

const FIRST_DELAY = 250
const LONGEST_DELAY = 10_000

/**
 * Opens a bus on a broker. The scheme of the URL picks the transport: `mqtt:`, `amqp:`, `redis:`, `kafka:`, each also with an `s`
 * for TLS, `memory:`, `embedded:`. Rejects as `connectBus` does, and with `INVALID_ARGUMENT` for a URL, option or file that
 * cannot be used.
 */
export async function openBus(broker: string | BrokerConfig, options: OpenBusOptions = {}): Promise<Bus> {
  const { namespaces, lastWill, connectTimeout, waitForBroker = false, onAttempt, ...busOptions } = options
  const { section, scheme } = readBroker(broker)
  const connect = async (): Promise<Bus> => {
    const target = await readBrokerFiles(section)
    const transport = await scheme.open({
      ...target,
      ...(namespaces ? { namespaces } : {}),
      ...(lastWill ? { lastWill } : {}),
      ...(connectTimeout === undefined ? {} : { connectTimeout }),
    })
    return connectBus(transport, busOptions)
  }
  return waitForBroker ? retry(connect, onAttempt, options.signal) : connect()
}

/** Rejects with the `INVALID_ARGUMENT` that `openBus` would reject with, files and options of the URL included. Connects to nothing. */
export async function checkBrokerOptions(broker: string | BrokerConfig): Promise<void> {
  const { section, scheme } = readBroker(broker)
  await scheme.open(await readBrokerFiles(section))
}

function readBroker(broker: string | BrokerConfig): { section: BrokerConfig; scheme: Scheme } {
  const given: Partial<BrokerConfig> | undefined = typeof broker === 'string' ? { url: broker } : broker
  // Programs without types may pass an environment variable that is not set.
  if (typeof given?.url !== 'string') {
    throw new BotbusError('INVALID_ARGUMENT', 'broker: no URL is given; expected one such as mqtt://127.0.0.1:1883')
  }
  const section = checkBroker(separateCredentials({ ...given, url: given.url }))
  const scheme = schemeOf(section.url)
  if (!scheme) throw new BotbusError('INTERNAL', `no transport for ${section.url}`)
  return { section, scheme }
}

async function retry(
  connect: () => Promise<Bus>,
  onAttempt: OpenBusOptions['onAttempt'],
  signal: AbortSignal | undefined,
): Promise<Bus> {
  for (let attempt = 0; ; attempt++) {
    try {
      return await connect()
    } catch (error) {
      if (!BotbusError.is(error) || !error.retryable) throw error
      const delay = backOff(attempt)
      onAttempt?.(error, delay)
      await pause(delay, signal)
    }
  }
}

/** Doubles up to `LONGEST_DELAY`, shortened by chance so that a fleet does not come back in one moment. */
function backOff(attempt: number): number {
  const longest = Math.min(LONGEST_DELAY, FIRST_DELAY * 2 ** Math.min(attempt, 10))
  return Math.round(longest * (0.75 + Math.random() / 4))
}

async function pause(delay: number, signal: AbortSignal | undefined): Promise<void> {
  try {
    await sleep(delay, undefined, signal ? { signal } : {})
  } catch (cause) {
    throw new BotbusError('CANCELLED', 'the signal was aborted while waiting for the broker', { cause })
  }
}
