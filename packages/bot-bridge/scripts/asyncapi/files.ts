import { readFileSync } from 'node:fs'
import { stringify } from 'yaml'
import { CONTRACT_MESSAGES, type ContractMessage } from './contract-messages.ts'
import { asyncApiDocument } from './document.ts'

const LINE_WIDTH = 120
const NOTICE = '# Generated from packages/bot-bridge/src/contract by `pnpm docs:asyncapi`.\n'

/** The generated files: text by path from the root of the repository. */
export function generatedFiles(): Map<string, string> {
  const { version } = JSON.parse(readFileSync(new URL('../../package.json', import.meta.url), 'utf8')) as {
    version: string
  }
  const document = stringify(asyncApiDocument(version), { lineWidth: LINE_WIDTH, aliasDuplicateObjects: false })
  return new Map([
    ['docs/asyncapi/asyncapi.yaml', `${NOTICE}${document}`],
    ...CONTRACT_MESSAGES.map((message): [string, string] => [
      `docs/schemas/${fileName(message)}`,
      `${json(message.schema('draft-2020-12'))}\n`,
    ]),
  ])
}

/** `balance-limit.request.json`, `log.message.json`. */
function fileName({ suffix, kind }: ContractMessage): string {
  return `${suffix.replace(/\/\{.*/, '').replaceAll('/', '-')}.${kind}.json`
}

/** JSON as the formatter of this repository writes it: short lists of plain values on one line. */
function json(value: unknown, indent = '', before = 0): string {
  if (typeof value !== 'object' || value === null) return JSON.stringify(value)
  const inner = `${indent}  `
  if (Array.isArray(value)) {
    const line = `[${value.map((item) => JSON.stringify(item)).join(', ')}]`
    const isPlain = value.every((item) => typeof item !== 'object' || item === null)
    if (isPlain && indent.length + before + line.length < LINE_WIDTH) return line
    return `[\n${value.map((item) => `${inner}${json(item, inner)}`).join(',\n')}\n${indent}]`
  }
  const entries = Object.entries(value).map(([key, item]) => {
    const label = `${JSON.stringify(key)}: `
    return `${inner}${label}${json(item, inner, label.length)}`
  })
  return entries.length === 0 ? '{}' : `{\n${entries.join(',\n')}\n${indent}}`
}
