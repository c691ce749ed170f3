import { describe } from 'vitest'
import { echo } from './rpc/01-echo.ts'
import { inFlight } from './rpc/02-in-flight.ts'
import { ownReplies } from './rpc/03-own-replies.ts'
import { firstCall } from './rpc/04-first-call.ts'
import { errors } from './rpc/05-errors.ts'
import { timeout } from './rpc/06-timeout.ts'
import { deadline } from './rpc/07-deadline.ts'
import { cancellation } from './rpc/08-cancellation.ts'
import { noServer } from './rpc/09-no-server.ts'
import type { ConformanceSubject } from './subject.ts'
import { openSuite } from './suite.ts'

/** Registers the 28 items of the conformance suite as tests of vitest. To be called in a test file, once. */
export function testTransport(subject: ConformanceSubject): void {
  describe(`${subject.name}: conformance of the transport`, () => {
    const suite = openSuite(subject)
    for (const item of [echo, inFlight, ownReplies, firstCall, errors, timeout, deadline, cancellation, noServer]) {
      item(suite)
    }
  })
}
