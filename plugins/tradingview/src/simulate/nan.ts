/** A placeholder, a string, or a number that stands outside of strings. */
const PART = /\{\{[^{}]*\}\}|"(?:[^"\\]|\\.)*"|-?\b\d+(?:\.\d+)?(?:[eE][+-]?\d+)?\b/g

/**
 * What becomes of a message whose numbers are not there, as in the first bars of a moving average: placeholders and numbers that
 * stand without quotes become `NaN`, which is no JSON. The same text where there is none.
 */
export function withNaN(template: string): string {
  return template.replace(PART, (part) => (part.startsWith('"') ? part : 'NaN'))
}
