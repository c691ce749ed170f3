import { unreadable } from './unreadable.ts'

const decoder = new TextDecoder('utf-8', { fatal: true })

/**
 * The text of a body: UTF-8 and nothing else, without a byte order mark, trimmed. Whatever the content type says is not
 * asked. Throws UNREADABLE for bytes that are no UTF-8, for NUL characters and for nothing at all.
 */
export function decodeText(body: Uint8Array): string {
  if (body.length === 0) throw unreadable('the body is empty')
  let text: string
  try {
    text = decoder.decode(body)
  } catch (error) {
    throw unreadable('the body is not UTF-8', error)
  }
  if (text.includes('\u0000')) throw unreadable('the body holds a NUL character')
  const trimmed = text.trim()
  if (trimmed === '') throw unreadable('the body holds nothing but white space')
  return trimmed
}
