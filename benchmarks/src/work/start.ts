import { spawn } from 'node:child_process'
import { once } from 'node:events'
import type { Entry } from '../contenders/index.ts'
import { messageOf } from '../message-of.ts'
import type { CallResult, UsageResult } from '../peer/protocol.ts'
import { STATUS_REQUEST } from './payloads.ts'
import { rotate } from './rounds.ts'
import { serveStatus, statusAddress } from './status-calls.ts'
import type { Result, Sample, Work, WorkContext } from './work.ts'

const EMPTY = 'empty Node process'
/** Milliseconds for the first call. */
const WATCHDOG = 20_000

export const start: Work = {
  name: 'start',
  title: 'From the start of a client process to its first answered call, the server running already',
  measures: [
    { name: 'first', label: 'ms', unit: 'ms', shows: 'ratio', digits: 0 },
    { name: 'cpu', label: 'CPU s', unit: 's', shows: 'ratio', digits: 2 },
    { name: 'clientPeak', label: 'client MB', unit: 'MB', shows: 'worst', digits: 0 },
  ],
  async run(context) {
    const lanes = context.contenders.map((entry) => new Lane(context, entry))
    const empty: Sample[] = []
    await context.pairs.keep('rpc')
    await Promise.all(lanes.map((lane) => lane.attempt(() => lane.serve())))
    for (let round = 0; round < context.plan.spawns; round++) {
      context.signal.throwIfAborted()
      context.progress(`process ${round + 1} of ${context.plan.spawns}`)
      empty.push({ first: await timeOfEmptyProcess() })
      for (const lane of rotate(lanes, round)) await lane.attempt(() => lane.measure())
    }
    return [...lanes.map((lane) => lane.result()), { contender: EMPTY, samples: empty }]
  },
}

class Lane {
  readonly #context: WorkContext
  readonly #entry: Entry
  readonly #samples: Sample[] = []
  #failure: string | undefined

  constructor(context: WorkContext, entry: Entry) {
    this.#context = context
    this.#entry = entry
  }

  result(): Result {
    const result = { contender: this.#entry.name, samples: this.#samples }
    return this.#failure === undefined ? result : { ...result, failure: this.#failure }
  }

  /** Not again after a failure. */
  async attempt(step: () => Promise<void>): Promise<void> {
    const { signal } = this.#context
    signal.throwIfAborted()
    if (this.#failure !== undefined) return
    try {
      await step()
    } catch (error) {
      signal.throwIfAborted()
      this.#failure = messageOf(error)
      this.#context.note(`${this.#entry.name} failed: ${this.#failure}`)
    }
  }

  async serve(): Promise<void> {
    await serveStatus(await this.#context.pairs.get(this.#entry), this.#entry)
  }

  async measure(): Promise<void> {
    const begin = performance.now()
    await this.#context.pairs.single(this.#entry, async (client) => {
      await client.ready
      const address = statusAddress(this.#entry)
      const call = { do: 'call', address, request: STATUS_REQUEST, inFlight: 1, count: 1 } as const
      const { calls } = await client.ask<CallResult>(call, WATCHDOG)
      const first = performance.now() - begin
      if (calls === 0) throw new Error('the first call was not answered')
      const { cpuSeconds, peakBytes } = await client.ask<UsageResult>({ do: 'usage' }, WATCHDOG)
      this.#samples.push({ first, cpu: cpuSeconds, clientPeak: peakBytes / 1_000_000 })
    })
  }
}

async function timeOfEmptyProcess(): Promise<number> {
  const begin = performance.now()
  await once(spawn(process.execPath, ['--eval', ''], { stdio: 'ignore' }), 'exit')
  return performance.now() - begin
}
