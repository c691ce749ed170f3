// Writes docs/asyncapi and docs/schemas from the contract: `pnpm docs:asyncapi`.
import { mkdirSync, writeFileSync } from 'node:fs'
import { generatedFiles } from './asyncapi/files.ts'

const root = new URL('../../../', import.meta.url)

for (const [path, text] of generatedFiles()) {
  const file = new URL(path, root)
  mkdirSync(new URL('.', file), { recursive: true })
  writeFileSync(file, text)
  process.stdout.write(`${path}\n`)
}
