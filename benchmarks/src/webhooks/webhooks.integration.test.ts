import { execFile } from 'node:child_process'
import { mkdtemp, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { expect, it, onTestFinished } from 'vitest'
import { environment } from '../../test/environment.ts'
import type { Figures } from './figures.ts'
import type { WebhookHeader } from './report.ts'

const MAIN = fileURLToPath(new URL('../main.ts', import.meta.url))
const run = promisify(execFile)

it('posts to the real server, and finds every acknowledged alert at the bot, once', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'botbus-bench-'))
  onTestFinished(() => rm(folder, { recursive: true }))
  const [json, markdown] = [join(folder, 'bench.json'), join(folder, 'bench.md')]
  const args = ['webhooks', '--quick', '--rate', '20', '--seconds', '1', '--burst', '150', '--concurrency', '30']
  const { stdout } = await run(process.execPath, [MAIN, ...args, '--json', json, '--markdown', markdown], {
    env: environment,
  })
  expect(stdout).toContain('| load | sent | acknowledged | p50 ms | p99 ms |')
  expect(await readFile(markdown, 'utf8')).toBe(stdout)

  const [header, steady, burst] = JSON.parse(await readFile(json, 'utf8')) as [WebhookHeader, Figures, Figures]
  expect(header).toMatchObject({ type: 'header', node: process.version, options: { rate: 20, seconds: 1, burst: 150 } })
  // How fast that was depends on the machine; that nothing is lost does not.
  expect(steady).toMatchObject({ load: 'steady', sent: 20, acknowledged: 20, delivered: 20, lost: 0, duplicates: 0 })
  expect(burst).toMatchObject({ load: 'burst', sent: 150, acknowledged: 150, delivered: 150, lost: 0, duplicates: 0 })
  expect(steady.p50).toBeGreaterThan(0)
  expect(steady.max).toBeGreaterThanOrEqual(steady.p99)
})

it('says what it takes, and refuses the rest', async () => {
  const { stdout } = await run(process.execPath, [MAIN, 'webhooks', '--help'], { env: environment })
  expect(stdout).toContain('--burst')
  await expect(run(process.execPath, [MAIN, 'webhooks', '--rate', '0'], { env: environment })).rejects.toMatchObject({
    code: 1,
  })
})
