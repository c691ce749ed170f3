import type { AlertCode } from './codes.ts'

/** Why an alert is refused. Its message is for the operator, and never holds a secret. */
export class AlertError extends Error {
  override readonly name = 'AlertError'
  readonly code: AlertCode

  constructor(code: AlertCode, message: string, options?: { cause?: unknown }) {
    super(message, options)
    this.code = code
  }
}
