import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest'
import { type RabbitmqInstance, startRabbitmq } from '../../../scripts/broker/rabbitmq/rabbitmq.mjs'
import { failure, open } from '../test/support.ts'

/** The rights that the README names, for the services `mine.*`. */
const own = String.raw`amq\.gen.*|botbus\..*|mine\..*`
const permissions = [
  { user: 'modest', configure: own, read: `${own}|amq\\.topic`, write: `${own}|amq\\.topic|amq\\.default` },
  { user: 'caller', configure: 'amq\\.gen.*', read: 'amq\\.gen.*|amq\\.topic', write: 'amq\\.gen.*|amq\\.default' },
]

let folder: string
let broker: RabbitmqInstance
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'botbus-amqp-'))
  const definitions = {
    vhosts: [{ name: '/' }],
    users: permissions.map(({ user }) => ({ name: user, password: 'pw', tags: '' })),
    permissions: permissions.map((permission) => ({ ...permission, vhost: '/' })),
    topic_permissions: [{ user: 'modest', vhost: '/', exchange: 'amq.topic', write: '^(news|mine)', read: '.*' }],
  }
  await writeFile(join(folder, 'definitions.json'), JSON.stringify(definitions))
  broker = await startRabbitmq({ config: [`load_definitions = ${join(folder, 'definitions.json')}`] })
})
afterAll(async () => {
  await broker.stop()
  await rm(folder, { recursive: true })
})

const as = (user: string): { url: string; username: string; password: string } => ({
  url: broker.url,
  username: user,
  password: 'pw',
})

describe('a user with few rights', () => {
  it('does everything with those that the README names', async () => {
    await using modest = await open(as('modest'))
    const listener = vi.fn()
    await modest.bus.serve('mine/echo', (request) => request)
    await modest.bus.serve('mine/+/pattern', () => 'pattern')
    await modest.bus.subscribe('news', listener)
    await modest.bus.subscribe('news', listener, { group: 'g' })
    await modest.bus.subscribe('news', listener, { group: 'g', atLeastOnce: true })
    expect(await modest.bus.call('mine/echo', 1)).toBe(1)
    expect(await modest.bus.call('mine/x/pattern')).toBe('pattern')
    await modest.bus.publish('news', 1, { qos: 1 })
    await vi.waitFor(() => expect(listener).toHaveBeenCalledTimes(3))
    expect(modest.problems()).toEqual([])
  })

  it('is told what it may not serve, and the rest goes on', async () => {
    await using modest = await open(as('modest'))
    await modest.bus.serve('mine/echo', (request) => request)
    expect(await failure(modest.bus.serve('yours/echo', () => 1))).toMatchObject({ code: 'UNAUTHORIZED' })
    expect(await modest.bus.call('mine/echo', 1)).toBe(1)
  })

  it('is not told that it may not publish what went with a message that is refused', async () => {
    await using modest = await open(as('modest'))
    const topics = ['forbidden', 'news']
    const outcomes = await Promise.all(topics.map((topic) => failure(modest.bus.publish(topic, 1, { qos: 1 }))))
    for (const outcome of outcomes) expect(outcome).toMatchObject({ code: 'NOT_CONNECTED', outcome: 'unknown' })
    await vi.waitFor(() => expect(modest.problems()).toEqual(['UNAUTHORIZED']))
    await vi.waitFor(() => modest.bus.publish('news', 1, { qos: 1 }))
    expect(await failure(modest.bus.publish('forbidden', 1, { qos: 1 }))).toMatchObject({ code: 'UNAUTHORIZED' })
  })

  it('is told that it may not publish, and calls all the same, without the exchange of patterns', async () => {
    await using modest = await open(as('modest'))
    let finish: (answer: string) => void = () => undefined
    const handler = vi.fn(() => new Promise((resolve) => (finish = resolve)))
    await modest.bus.serve('mine/slow', handler)
    await using caller = await open(as('caller'))
    const call = caller.bus.call('mine/slow')
    await vi.waitFor(() => expect(handler).toHaveBeenCalledOnce())
    expect(await failure(caller.bus.publish('news', 1, { qos: 1 }))).toMatchObject({ code: 'UNAUTHORIZED' })
    await caller.bus.publish('news', 1)
    await vi.waitFor(() => expect(caller.problems()).toEqual(['UNAUTHORIZED', 'UNAUTHORIZED']))
    finish('done')
    expect(await call).toBe('done')
    await vi.waitFor(async () =>
      expect(await failure(caller.bus.publish('news', 1, { qos: 1 }))).toMatchObject({ code: 'UNAUTHORIZED' }),
    )
  })
})
