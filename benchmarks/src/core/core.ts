/*
 * What core costs beside a transport: a call with contract, deadline, duplicate guard and an observing hook, both ends in one process,
 * and a message from publish to listener; each with what JSON alone costs. Writes one JSON object. Run by
 * `node --expose-gc --min-semi-space-size=256 --max-semi-space-size=256 benchmarks/src/core/core.ts`.
 */
import { botContract } from '@botbus/bridge'
import { connectBus } from '@botbus/core'
import { LOG_MESSAGE, STATUS_REPLY, STATUS_REQUEST } from '../work/payloads.ts'
import { costOf } from './cost.ts'
import { Loopback } from './loopback.ts'

const COUNT = 64_000
const IN_FLIGHT = 64

let events = 0
const bus = await connectBus(new Loopback(), { hooks: { observe: () => void events++ } })
const { commands, channels } = botContract('hbot')
await bus.serve(commands.status, { bot: 'bench' }, () => STATUS_REPLY)
let delivered = 0
await bus.subscribe(channels.log, { bot: '+' }, () => void delivered++)

const inFlight = (operation: () => Promise<unknown>) => async (count: number) => {
  for (let done = 0; done < count; done += IN_FLIGHT) await Promise.all(Array.from({ length: IN_FLIGHT }, operation))
}
const asJson = (value: unknown): unknown => JSON.parse(Buffer.from(JSON.stringify(value)).toString())
const repeat = (operation: () => unknown) => (count: number) => {
  for (let done = 0; done < count; done++) operation()
}

const call = await costOf(
  inFlight(() => bus.call(commands.status, { bot: 'bench' }, STATUS_REQUEST)),
  COUNT,
)
const callJson = await costOf(
  repeat(() => [asJson({ id: 1, data: STATUS_REQUEST }), asJson({ id: 1, data: STATUS_REPLY })]),
  COUNT,
)
const message = await costOf(
  inFlight(() => bus.publish('hbot/bench/log', LOG_MESSAGE)),
  COUNT,
)
const messageJson = await costOf(
  repeat(() => asJson(LOG_MESSAGE)),
  COUNT,
)
if (events < COUNT || delivered < COUNT) throw new Error(`${events} events, ${delivered} messages: too few`)
console.log(JSON.stringify({ call, callJson, message, messageJson }))
await bus.close()
