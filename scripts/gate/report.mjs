// Ends the output of .ci/run: the table of the transports and vitest's closing lines out of the log, then the counts out of
// vitest's JSON reports.
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { stripVTControlCharacters } from 'node:util'
import { reports } from './steps.mjs'

const closing = /^\s*(Test Files|Tests|Errors|Type Errors|Start at|Duration)\s{2}/
const [log] = process.argv.slice(2)

const lines = readFileSync(log, 'utf8').split('\n').map(stripVTControlCharacters)
const table = lines.findLastIndex((line) => /^conformance\s/.test(line))
if (table >= 0) console.log(`${lines.slice(table, lines.indexOf('', table)).join('\n')}\n`)
for (const line of lines) if (closing.test(line)) console.log(line)

const total = { passed: 0, failed: 0, skipped: 0 }
for (const project of ['unit', 'integration']) {
  let report
  try {
    report = JSON.parse(readFileSync(join(reports, `${project}.json`), 'utf8'))
  } catch (error) {
    console.log(`${project} tests gave no report: ${error.message}`)
    process.exitCode = 1
    continue
  }
  total.passed += report.numPassedTests
  total.skipped += report.numPendingTests + report.numTodoTests
  // A file that could not even be loaded counts as one failed test.
  const unloaded = report.testResults.filter(
    ({ status, assertionResults }) => status === 'failed' && !assertionResults.some((test) => test.status === 'failed'),
  )
  total.failed += report.numFailedTests + unloaded.length
}
console.log(`${total.passed} passed, ${total.failed} failed, ${total.skipped} skipped`)
