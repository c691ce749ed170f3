import { RE2JS } from 're2js'

/** Longer texts than the longest topic fit nothing. */
const MAX_TEXT = 255

/** Whether a text fits: `*` stands for any characters but `/`, `**` for any at all; the rest is literal, in its case. */
export function compileGlob(glob: string): (text: string) => boolean {
  if (!glob.includes('*')) return (text) => text === glob
  const pieces = glob.split(/(\*+)/)
  const [before = '', stars = '', after = ''] = pieces
  if (pieces.length === 3) return compileOneStar(before, stars.length > 1, after)
  const pattern = pieces.map((piece, index) => (index % 2 === 0 ? RE2JS.quote(piece) : starOf(piece))).join('')
  const expression = RE2JS.compile(pattern, RE2JS.DOTALL)
  return (text) => text.length <= MAX_TEXT && expression.matches(text)
}

/** Whether a text fits one of the globs. */
export function compileGlobs(globs: readonly string[]): (text: string) => boolean {
  const tests = globs.map(compileGlob)
  return (text) => tests.some((fits) => fits(text))
}

/** Nearly all globs have one star, and selectors try them on every bot. */
function compileOneStar(before: string, crosses: boolean, after: string): (text: string) => boolean {
  const least = before.length + after.length
  return (text) => {
    if (text.length < least || text.length > MAX_TEXT || !text.startsWith(before) || !text.endsWith(after)) return false
    const slash = crosses ? -1 : text.indexOf('/', before.length)
    return slash === -1 || slash >= text.length - after.length
  }
}

function starOf(stars: string): string {
  return stars.length > 1 ? '.*' : '[^/]*'
}
