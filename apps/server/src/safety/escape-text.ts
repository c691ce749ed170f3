/**
 * Control characters (of ASCII and of Latin-1, which hold the introducers of terminal sequences), the marks that turn the
 * direction of text or are not seen, and separators of lines.
 */
const UNSAFE = /[\p{Cc}\p{Cf}\u2028\u2029]/gu

/** Makes text from strangers harmless for terminals and logs: what is not seen is written as `\u001b`. */
export function escapeText(text: string): string {
  return text.replace(UNSAFE, escaped)
}

/** Beyond U+FFFF two escapes, as in JSON. */
function escaped(character: string): string {
  const units = Array.from({ length: character.length }, (_, index) => character.charCodeAt(index))
  return units.map((unit) => `\\u${unit.toString(16).padStart(4, '0')}`).join('')
}
