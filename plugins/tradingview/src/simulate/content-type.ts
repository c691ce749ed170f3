/** TradingView says `application/json` only of what is valid JSON once every placeholder is filled in. */
export function contentTypeOf(body: string): string {
  try {
    JSON.parse(body)
    return 'application/json'
  } catch {
    // Not an error: a text.
    return 'text/plain; charset=utf-8'
  }
}
