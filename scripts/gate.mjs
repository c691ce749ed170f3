// Everything that must hold, in order: `pnpm check`, or `node scripts/gate.mjs STEP...` for some of it.
import { rmSync } from 'node:fs'
import { runCommand } from './gate/command.mjs'
import { reports, steps } from './gate/steps.mjs'
import { summary } from './gate/summary.mjs'

const names = process.argv.slice(2)
const unknown = names.filter((name) => !steps.some((step) => step.name === name))
if (unknown.length > 0) {
  console.error(`gate: no step ${unknown.join(', ')}; there are: ${steps.map((step) => step.name).join(' ')}`)
  process.exit(2)
}

rmSync(reports, { recursive: true, force: true })
const results = []
for (const step of steps.filter(({ name }) => names.length === 0 || names.includes(name))) {
  console.log(`\n== ${step.name}: ${step.promise}`)
  const started = performance.now()
  let outcome = { code: 0 }
  for (const command of step.commands) {
    outcome = await runCommand(command)
    if (outcome.code !== 0) break
  }
  results.push({ step, code: outcome.code, seconds: (performance.now() - started) / 1000 })
  if (outcome.interrupted) break
}
console.log(`\n${summary(results)}`)
process.exitCode = results.find(({ code }) => code !== 0)?.code ?? 0
