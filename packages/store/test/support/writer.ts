// A process that writes as fast as it can, and prints each write once it is acknowledged. It is meant to be killed.
import { writeSync } from 'node:fs'
import type { PluginStore } from '@botbus/plugin'
import { openStore } from '../../src/index.ts'
import { deadLetter, entry, execution, guard } from './samples.ts'

const STDOUT = 1
const LANES = 6

const url = process.env['BOTBUS_TEST_STORE'] ?? ''
const run = process.env['BOTBUS_TEST_RUN'] ?? ''
// After a refusal it goes on: what was not acknowledged is not printed.
const store = await openStore(url, { onError: () => undefined, retention: { interval: 0 } })
const plugin = store.forPlugin('p')
print('ready')
await Promise.all(Array.from({ length: LANES }, (_, lane) => write(plugin, `${run}-${lane}`)))

/** Each lane as a plugin would do it, so that writes of all kinds are under way at any moment. */
async function write({ inbox, executions, deadLetters, audit }: PluginStore, lane: string): Promise<never> {
  for (let turn = 1; ; turn++) {
    const key = `${lane}-${turn}`
    await attempt(async () => {
      const planned = [execution({ lane }), execution({ lane })]
      const accepted = await inbox.accept(entry({ source: key, guards: [guard(key)], executions: planned }))
      if (accepted.status === 'duplicate') return
      const [one = '', other = ''] = accepted.executions
      print('accept', accepted.id, key, one, other)
      await executions.begin(one)
      print('begin', one)
      await Promise.all([
        executions.end(one, { status: 'succeeded' }).then(() => print('end', one)),
        executions.begin(other).then(() => print('begin', other)),
        audit.append({ actor: 'plugin:p', action: key }).then(() => print('audit', key)),
        deadLetters.add(deadLetter()).then((id) => print('letter', id)),
      ])
    })
  }
}

async function attempt(work: () => Promise<void>): Promise<void> {
  try {
    await work()
  } catch (error) {
    print('refused', (error as { code: string }).code)
    await new Promise((resolve) => setTimeout(resolve, 20))
  }
}

/** At once, and in one piece. */
function print(...words: string[]): void {
  writeSync(STDOUT, `${words.join(' ')}\n`)
}
