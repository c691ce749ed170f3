import type { BotbusError } from '@botbus/core'
import { DEFAULTS, type ServerProperties } from './capabilities.ts'
import type { Link } from './link.ts'

/** What the server says of itself; Redis's defaults where it does not let us ask. */
export async function readProperties(link: Link, signal: AbortSignal): Promise<ServerProperties> {
  const onAbort = (): void => link.hangUp(signal.reason as BotbusError)
  signal.addEventListener('abort', onAbort)
  try {
    const [command, bulk, waiting] = await Promise.all([
      ask(link, 'command', 'info', 'spublish'),
      ask(link, 'config', 'get', 'proto-max-bulk-len'),
      ask(link, 'config', 'get', 'client-output-buffer-limit'),
    ])
    return {
      sharded: Array.isArray(command) ? command[0] !== null && command.length > 0 : DEFAULTS.sharded,
      maxBulk: numberOf(secondOf(bulk)) ?? DEFAULTS.maxBulk,
      // normal 0 0 0 slave 268435456 67108864 60 pubsub 33554432 8388608 60
      maxWaiting: numberOf(/pubsub (\d+)/.exec(secondOf(waiting) ?? '')?.[1]) ?? DEFAULTS.maxWaiting,
    }
  } finally {
    signal.removeEventListener('abort', onAbort)
  }
}

async function ask(link: Link, ...words: [string, ...string[]]): Promise<unknown> {
  const [name, ...args] = words
  try {
    return await link.command(name, ...args)
  } catch (error) {
    if (link.down) throw error
    return undefined // access lists and hosted servers often forbid it
  }
}

/** The value in `[name, value]`. */
function secondOf(reply: unknown): string | undefined {
  const value: unknown = Array.isArray(reply) ? reply[1] : undefined
  return typeof value === 'string' ? value : undefined
}

function numberOf(text: string | undefined): number | undefined {
  const number = Number(text)
  return text !== undefined && Number.isSafeInteger(number) ? number : undefined
}
