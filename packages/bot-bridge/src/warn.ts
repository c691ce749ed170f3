import { messageOf } from '@botbus/core'

/** Gets what a person should know: something was lost or is wrong, and nobody else can be told. */
export type Warn = (message: string, error?: unknown) => void

export const emitWarning: Warn = (message, error) => {
  process.emitWarning(error === undefined ? message : `${message}: ${messageOf(error)}`, 'BotbusWarning')
}
