import { AlertError } from '../alert-error.ts'

/** The refusal of a body. `reason` never quotes values: what cannot be read may hold the secret anywhere. */
export function unreadable(reason: string, cause?: unknown): AlertError {
  return new AlertError('UNREADABLE', reason, cause === undefined ? undefined : { cause })
}

/** A name for a message: quoted, escaped and cut. */
export function quote(text: string): string {
  return JSON.stringify(text.length > 40 ? `${text.slice(0, 40)}...` : text)
}

/** Refuses names that reach the prototype of an object. */
export function assertFieldName(name: string): void {
  if (name === '__proto__' || name === 'constructor' || name === 'prototype') {
    throw unreadable(`the field name ${quote(name)} is refused`)
  }
}
