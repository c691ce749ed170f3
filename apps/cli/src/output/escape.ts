/*
 * Text from a broker is hostile: control characters move the cursor, change the title or fake other lines, and
 * direction marks reorder what is read. They are shown as escapes instead.
 */

const CONTROLS = '\\u0000-\\u001f\\u007f-\\u009f'
const INVISIBLE = '\\u00ad\\u200b-\\u200f\\u2028-\\u202e\\u2060-\\u2069\\ufeff'
const UNSAFE = new RegExp(`[${CONTROLS}${INVISIBLE}]`, 'g')
const UNSAFE_IN_TEXT = new RegExp(`(?![\\n\\t])[${CONTROLS}${INVISIBLE}]`, 'g')
/** What JSON.stringify leaves as it is. */
const UNSAFE_IN_JSON = new RegExp(`[\\u007f-\\u009f${INVISIBLE}]`, 'g')

const NAMES: Readonly<Record<string, string>> = { '\n': '\\n', '\r': '\\r', '\t': '\\t' }

function escapeOne(char: string): string {
  const code = char.charCodeAt(0)
  return NAMES[char] ?? (code < 0x100 ? `\\x${code.toString(16).padStart(2, '0')}` : escapeUnicode(char))
}

function escapeUnicode(char: string): string {
  return `\\u${char.charCodeAt(0).toString(16).padStart(4, '0')}`
}

/** For one line or one cell. */
export function escapeLine(text: string): string {
  return text.replace(UNSAFE, escapeOne)
}

/** For text of several lines, such as a status table: newlines and tabs stay. */
export function escapeText(text: string): string {
  return text.replace(/\r\n/g, '\n').replace(UNSAFE_IN_TEXT, escapeOne)
}

/** For an entry of a log: further lines are indented, so that none of them looks like an entry. */
export function escapeEntry(text: string): string {
  return escapeText(text.trimEnd()).replace(/\n/g, '\n    ')
}

/** JSON that is safe on a terminal and still the same JSON. */
export function safeJson(value: unknown, indent?: number): string {
  return (JSON.stringify(value, null, indent) ?? 'null').replace(UNSAFE_IN_JSON, escapeUnicode)
}
