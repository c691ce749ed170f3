import type { Reporter, TestCase, TestModule } from 'vitest/node'
import type {} from '../stage/meta.ts'
import { itemOf, subjectOf } from '../stage/names.ts'
import { conformanceTable, type Result } from './table.ts'

/** Prints one table of all transports that the run has tested, when it ends: `vitest --reporter=@botbus/conformance/reporter`. */
export default class ConformanceReporter implements Reporter {
  onTestRunEnd(modules: readonly TestModule[]): void {
    const table = conformanceTable(modules.flatMap((module) => [...module.children.allTests()].flatMap(resultOf)))
    if (table !== '') process.stdout.write(`\n${table}\n\n`)
  }
}

/** Nothing for tests that are not of the suite, or that a filter left out. */
function resultOf(test: TestCase): Result[] {
  const { conformance } = test.meta()
  const result = test.result()
  if (conformance && result.state !== 'pending') {
    return [{ ...conformance, state: result.state, reason: result.state === 'skipped' ? result.note : undefined }]
  }
  // It never ran. When that is because the broker did not start, its block has failed.
  const { parent } = test
  const subject = parent.type === 'suite' && parent.state() === 'failed' ? subjectOf(parent.name) : undefined
  if (subject === undefined || parent.errors().length === 0) return []
  return [{ subject, item: itemOf(test.name), state: 'failed', notes: [] }]
}
