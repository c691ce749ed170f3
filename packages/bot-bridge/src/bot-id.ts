import { BotbusError } from '@botbus/core'

/** Whether `id` is one level of a topic, of at most 128 characters, as the ids of all bots are. */
export function isBotId(id: string): boolean {
  return typeof id === 'string' && /^[^+#/\s\p{C}]{1,128}$/u.test(id)
}

/** Throws `INVALID_ARGUMENT` for what is no id of a bot. */
export function assertBotId(id: string): void {
  if (!isBotId(id)) {
    throw new BotbusError(
      'INVALID_ARGUMENT',
      `bot id ${JSON.stringify(String(id).slice(0, 130))} must be 1 to 128 characters without "/", "+", "#" and spaces`,
    )
  }
}

/**
 * For ids of our own choice: refuses those that real peers mishandle. Hummingbot up to v2.14 writes `.` in a reply topic as
 * `/`, and takes the name of an external event from what follows the first `event/`.
 */
export function assertNewBotId(id: string): void {
  assertBotId(id)
  if (id.includes('.')) {
    throw new BotbusError('INVALID_ARGUMENT', `bot id "${id}" must not contain ".": some peers turn it into "/"`)
  }
  if (id.endsWith('event')) {
    throw new BotbusError(
      'INVALID_ARGUMENT',
      `bot id "${id}" must not end in "event": external events would be misread`,
    )
  }
}
