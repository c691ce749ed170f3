/** What stands for each placeholder: its name, without the braces, as TradingView writes it. */
export type PlaceholderValues = Readonly<Record<string, string>>

/** `{{close}}`, `{{ close }}`, `{{plot("Fast EMA")}}`. */
const PLACEHOLDER = /\{\{\s*([^{}]+?)\s*\}\}/g

/**
 * Fills in a message, as TradingView does before it sends it: text for text, without a look at quotes around it. What it does not
 * know stays as it is.
 */
export function resolve(template: string, values: PlaceholderValues): string {
  return template.replace(PLACEHOLDER, (whole, name: string) =>
    Object.hasOwn(values, name) ? (values[name] ?? whole) : whole,
  )
}

/** The names of the placeholders of a message, each once. */
export function placeholdersIn(template: string): readonly string[] {
  return [...new Set(Array.from(template.matchAll(PLACEHOLDER), ([, name = '']) => name))]
}
