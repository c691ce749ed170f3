import { parseSync, Visitor } from 'oxc-parser'

/** Every module that a source names, types included: `[{ specifier, line }]`. */
export function importsOf(path, source) {
  const { program, errors } = parseSync(path, source)
  if (errors.length > 0) throw new Error(`${path} cannot be parsed: ${errors[0].message}`)
  const found = []
  const add = ({ source: from }) => {
    if (typeof from?.value !== 'string') return
    found.push({ specifier: from.value, line: source.slice(0, from.start).split('\n').length })
  }
  new Visitor({
    ImportDeclaration: add,
    ExportNamedDeclaration: add,
    ExportAllDeclaration: add,
    ImportExpression: add,
    TSImportType: add,
  }).visit(program)
  return found
}
