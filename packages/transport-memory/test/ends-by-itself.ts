// Run by closing.test.ts as a process of its own: it must end without process.exit.
import { BotbusError, connectBus } from '@botbus/core'
import { memory } from '../src/memory.ts'

const expected = (code: string) => (error: unknown) => {
  if (!BotbusError.is(error) || error.code !== code) throw error
}

const server = await connectBus(memory())
const client = await connectBus(memory())
const never = new Promise(() => undefined)
await server.serve('a/stuck', (_, context) => (context.signal.aborted ? 1 : never))
await server.serve('a/echo', (request, context) => (context.signal.aborted ? null : request))
const stream = client.messages('a/#')
await stream.ready
await client.call('a/echo', 1, { timeout: 3_600_000 })
await client.call('a/stuck', {}, { timeout: 10 }).catch(expected('TIMEOUT'))
const aborted = client.call('a/stuck', {}, { signal: AbortSignal.timeout(10) }).catch(expected('CANCELLED'))
await aborted
const open = client.call('a/stuck', {}, { timeout: 3_600_000 }).catch(expected('CLOSED'))
await Promise.all([client.close(), server.close({ grace: 10 })])
await open
console.log('closed')
