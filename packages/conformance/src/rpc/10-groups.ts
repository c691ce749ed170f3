import { expect } from 'vitest'
import { startPeer } from '../peer/peer-process.ts'
import type { Stage } from '../stage/stage.ts'
import { eventually, failure, numbers } from '../stage/waiting.ts'
import type { Suite } from '../suite.ts'

const SERVERS = 4
const CALLS = 400

/** Some brokers share by key, which is what an address begins with (a bot): the work has many. */
function address(stage: Stage, index: number): string {
  return stage.topic(stage.capabilities.wildcards ? `${index}/run` : 'run')
}

function served(stage: Stage): string {
  return stage.topic(stage.capabilities.wildcards ? '+/run' : 'run')
}

const hasGroups = ({ capabilities }: Stage): boolean => capabilities.groups !== 'none'

export function groups({ promise }: Suite): void {
  promise(10, 'each request is handled by exactly one server of a group, and all get work', async (stage) => {
    const group = stage.group('workers')
    const servers = await Promise.all(numbers(SERVERS).map(() => stage.open()))
    if (!hasGroups(stage)) {
      const serving = servers[0]?.bus.serve(served(stage), () => 1, { group })
      expect((await failure(serving ?? Promise.resolve())).code).toBe('UNSUPPORTED')
      return
    }
    const handled = servers.map(() => [] as number[])
    for (const [index, { bus }] of servers.entries()) {
      const handler = (request: unknown): number => {
        handled[index]?.push(request as number)
        return index
      }
      await bus.serve(served(stage), handler, { group })
    }
    const client = await stage.open()
    const answers = await Promise.all(numbers(CALLS).map((call) => client.bus.call(address(stage, call), call)))
    expect(handled.flat().toSorted((one, other) => one - other)).toEqual(numbers(CALLS))
    for (const [call, server] of answers.entries()) expect(handled[server as number]).toContain(call)
    for (const own of handled) expect(own.length).toBeGreaterThan(0)
    expect(client.replies).toHaveLength(CALLS)
    expect(client.dropped()).toEqual([])
  })

  promise(10, 'a server of a group that is killed within its calls never yields two replies', async (stage) => {
    const group = stage.group('workers')
    if (!hasGroups(stage)) stage.skip('servers form no groups here')
    const doomed = await startPeer(stage, { serve: { address: served(stage), group } })
    const [survivor, client] = [await stage.open(), await stage.open()]
    const call = (index: number, data: string): Promise<unknown> =>
      client.bus.call(address(stage, index), data, { timeout: 3_000 })
    const held = Promise.allSettled(numbers(10).map((index) => call(index, 'hold')))
    await eventually(() => expect(doomed.received).toEqual(Array(10).fill('hold')))
    const ran: unknown[] = []
    await survivor.bus.serve(served(stage), (request) => ran.push(request), { group })
    const others = Promise.allSettled(numbers(40).map((index) => call(index, 'work')))
    await doomed.kill()
    for (const { status } of await held) expect(status).toBe('rejected')
    await others
    expect(ran).not.toContain('hold')
    const ids = client.replies.map(({ id }) => id)
    expect(new Set(ids).size).toBe(ids.length)
    expect(ids.length).toBeLessThanOrEqual(40)
    // A later request goes to whoever is left, once the broker has noticed.
    await eventually(() => client.bus.call(address(stage, 0), 'later', { timeout: 1_000 }))
  })

  promise(10, 'servers of two groups, or without one, do not steal each other’s addresses', async (stage) => {
    const [one, other, client] = [await stage.open(), await stage.open(), await stage.open()]
    const options = hasGroups(stage) ? { group: stage.group('one') } : {}
    await one.bus.serve(stage.topic('one/run'), () => 'one', options)
    await other.bus.serve(stage.topic('other/run'), () => 'other')
    for (const _ of numbers(10)) {
      expect(await client.bus.call(stage.topic('one/run'))).toBe('one')
      expect(await client.bus.call(stage.topic('other/run'))).toBe('other')
    }
  })
}
