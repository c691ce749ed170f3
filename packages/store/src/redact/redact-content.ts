import type { JsonValue } from '@botbus/plugin'
import { redact } from './redact.ts'
import { redactText } from './redact-text.ts'

/** What was received: read as JSON, or a text as it came. */
export function redactContent(content: JsonValue): JsonValue {
  return typeof content === 'string' ? redactText(content) : redact(content)
}
