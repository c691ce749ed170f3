import { describe } from 'vitest'
import { blockOf } from './stage/names.ts'
import type { ConformanceSubject } from './subject.ts'
import { openSuite } from './suite.ts'
import { THEMES } from './themes.ts'

/** Registers the 28 items of the conformance suite as tests of vitest. To be called in a test file, once. */
export function testTransport(subject: ConformanceSubject): void {
  describe(blockOf(subject.name, 'transport'), () => {
    const suite = openSuite(subject)
    for (const theme of THEMES) theme(suite)
  })
}
