import { BotbusError } from '@botbus/core'

/** Words, kept as one text with blanks between them. */
export function toScopes(scopes: readonly string[]): string {
  for (const scope of scopes) {
    if (!/^[\w:.-]{1,64}$/.test(scope)) throw new BotbusError('INVALID_ARGUMENT', 'a scope must be a word')
  }
  return [...new Set(scopes)].join(' ')
}

export function fromScopes(text: string): readonly string[] {
  return text === '' ? [] : text.split(' ')
}
