// Enforces the import direction of DESIGN.md section 2, and that every import is declared. Usage: node scripts/boundaries.mjs [ROOT]
import { fileURLToPath } from 'node:url'
import { findViolations } from './boundaries/check.mjs'

const root = process.argv[2] ?? fileURLToPath(new URL('..', import.meta.url))
const { violations, packages } = findViolations(root)
for (const violation of violations) console.error(violation)
if (violations.length > 0) {
  console.error(
    `\nboundaries: ${violations.length} wrong. The layers and what each may import: scripts/boundaries/layers.mjs`,
  )
  process.exitCode = 1
} else {
  console.log(`boundaries: the imports of ${packages.length} packages point the right way and are declared`)
}
