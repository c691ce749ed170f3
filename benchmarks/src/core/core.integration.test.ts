import { execFile } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { expect, it } from 'vitest'
import { environment } from '../../test/environment.ts'
import type { Cost } from './cost.ts'

const run = promisify(execFile)
const CORE = fileURLToPath(new URL('core.ts', import.meta.url))
const FLAGS = ['--expose-gc', '--min-semi-space-size=256', '--max-semi-space-size=256']

/*
 * A guard against slow decline, not a measurement. What is allocated differs by about 1% from run to run; time is compared with that of
 * JSON alone in the same process. The bounds are about a quarter (bytes) and twice (time) above what docs/performance.md says.
 */
it('keeps core cheap: what a call and a message allocate, and their time beside that of JSON alone', async () => {
  const { stdout } = await run(process.execPath, [...FLAGS, CORE], { env: environment })
  const cost = JSON.parse(stdout) as Record<'call' | 'callJson' | 'message' | 'messageJson', Cost>
  expect(cost.call.bytes).toBeLessThan(11_000)
  expect(cost.message.bytes).toBeLessThan(4_400)
  expect(cost.call.microseconds / cost.callJson.microseconds).toBeLessThan(10)
  expect(cost.message.microseconds / cost.messageJson.microseconds).toBeLessThan(5)
})
