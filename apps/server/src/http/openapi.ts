interface Document {
  readonly openapi?: string
  readonly info?: object
  readonly paths?: Readonly<Record<string, object>>
  readonly components?: Readonly<Record<string, object>>
}

/** One OpenAPI document of all applications. Their paths never meet: each has its own prefix. */
export function mergeDocuments(documents: readonly object[]): object {
  const all: readonly Document[] = documents
  const paths = Object.assign({}, ...all.map((document) => document.paths))
  const components = all.map((document) => document.components ?? {}).reduce(mergeComponents, {})
  return { ...all[0], paths, components }
}

function mergeComponents(
  one: Readonly<Record<string, object>>,
  other: Readonly<Record<string, object>>,
): Record<string, object> {
  const kinds = new Set([...Object.keys(one), ...Object.keys(other)])
  return Object.fromEntries([...kinds].map((kind) => [kind, { ...one[kind], ...other[kind] }]))
}
