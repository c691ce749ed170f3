import { BotbusError } from '@botbus/core'
import { describe, expect, it, vi } from 'vitest'
import type { LinkMessage } from './publish-frame.ts'
import { type SubscribingLink, Subscriptions } from './subscriptions.ts'

/** A broker that keeps subscriptions and answers when told to. */
class FakeLink implements SubscribingLink {
  readonly granted = new Map<string, number>()
  readonly log: string[] = []
  readonly refused = new Set<string>()
  down: BotbusError | undefined
  #gate: Promise<void> = Promise.resolve()

  /** Answers wait until the function that it returns is called. */
  hold(): () => void {
    let release = (): void => undefined
    this.#gate = new Promise((resolve) => {
      release = resolve
    })
    return release
  }

  async subscribe(filter: string, id: number): Promise<void> {
    this.log.push(`+${filter}`)
    await this.#gate
    if (this.down) throw this.down
    if (this.refused.has(filter)) throw new BotbusError('UNAUTHORIZED', filter)
    this.granted.set(filter, id)
  }

  async unsubscribe(filter: string): Promise<void> {
    this.log.push(`-${filter}`)
    await this.#gate
    if (this.down) throw this.down
    this.granted.delete(filter)
  }
}

const message = (topic: string, rest: Partial<LinkMessage> = {}): LinkMessage => ({
  topic,
  payload: new Uint8Array(),
  retained: false,
  subscriptionIds: undefined,
  ...rest,
})

const EACH = { group: undefined, qos: 1 } as const

const setUp = () => {
  return { link: new FakeLink(), subscriptions: new Subscriptions() }
}

describe('subscriptions', () => {
  it('share one subscription of the broker between listeners, until the last one leaves', async () => {
    const { link, subscriptions } = setUp()
    const first = vi.fn()
    const second = vi.fn()
    const leaveFirst = await subscriptions.subscribe(link, 'a/+', first, EACH)
    const leaveSecond = await subscriptions.subscribe(link, 'a/+', second, EACH)
    subscriptions.dispatch(message('a/b'))
    await leaveFirst()
    await leaveFirst()
    expect([...link.granted.keys()]).toEqual(['a/+'])
    subscriptions.dispatch(message('a/b'))
    expect([first.mock.calls.length, second.mock.calls.length]).toEqual([1, 2])
    await leaveSecond()
    expect(link.granted.size).toBe(0)
  })

  it('leave the right state when subscribing and unsubscribing race', async () => {
    const { link, subscriptions } = setUp()
    const listener = vi.fn()
    const leave = await subscriptions.subscribe(link, 'a', vi.fn(), EACH)
    const release = link.hold()
    const left = leave()
    const joined = subscriptions.subscribe(link, 'a', listener, EACH)
    release()
    await left
    const leaveAgain = await joined
    expect(link.log).toEqual(['+a', '-a', '+a'])
    expect(link.granted.has('a')).toBe(true)
    subscriptions.dispatch(message('a'))
    expect(listener).toHaveBeenCalledOnce()
    await leaveAgain()
    expect(link.granted.has('a')).toBe(false)
  })

  it('call no listener after it left, even before the broker agreed', async () => {
    const { link, subscriptions } = setUp()
    const listener = vi.fn()
    const leave = await subscriptions.subscribe(link, 'a', listener, EACH)
    const release = link.hold()
    const left = leave()
    subscriptions.dispatch(message('a'))
    release()
    await left
    expect(listener).not.toHaveBeenCalled()
  })

  it('hand each copy to the subscription that it names, so overlapping listeners get each message once', async () => {
    const { link, subscriptions } = setUp()
    const wide = vi.fn()
    const exact = vi.fn()
    await subscriptions.subscribe(link, 'a/#', wide, EACH)
    await subscriptions.subscribe(link, 'a/b', exact, EACH)
    const [first, second] = [...link.granted.values()] as [number, number]
    subscriptions.dispatch(message('a/b', { subscriptionIds: [first] }))
    expect([wide.mock.calls.length, exact.mock.calls.length]).toEqual([1, 0])
    subscriptions.dispatch(message('a/b', { subscriptionIds: [second] }))
    subscriptions.dispatch(message('a/b', { subscriptionIds: [first, second] }))
    expect([wide.mock.calls.length, exact.mock.calls.length]).toEqual([2, 2])
  })

  it('hand a copy without a name to all that match, and equal messages as often as they come', async () => {
    const { link, subscriptions } = setUp()
    const wide = vi.fn()
    const exact = vi.fn()
    await subscriptions.subscribe(link, '+/b', wide, EACH)
    await subscriptions.subscribe(link, 'a/b', exact, EACH)
    for (const _ of [1, 2, 3]) subscriptions.dispatch(message('a/b'))
    expect([wide.mock.calls.length, exact.mock.calls.length]).toEqual([3, 3])
  })

  it.each([true, false])(
    'give retained messages to the listener that joined, not again to the others (identified: %s)',
    async (ids) => {
      const { link, subscriptions } = setUp()
      const old = vi.fn()
      const late = vi.fn()
      await subscriptions.subscribe(link, 'a/+', old, EACH)
      const subscriptionIds = ids ? [link.granted.get('a/+') as number] : undefined
      const retained = message('a/b', { retained: true, subscriptionIds })
      subscriptions.dispatch(retained)
      await subscriptions.subscribe(link, 'a/+', late, EACH)
      subscriptions.dispatch(retained)
      expect([old.mock.calls.length, late.mock.calls.length]).toEqual([1, 1])
    },
  )

  it('give one member of a group each message, in turn, and none that was retained', async () => {
    const { link, subscriptions } = setUp()
    const first = vi.fn()
    const second = vi.fn()
    await subscriptions.subscribe(link, 'a', first, { group: 'g', qos: 1 })
    await subscriptions.subscribe(link, 'a', second, { group: 'g', qos: 1 })
    const id = link.granted.get('$share/g/a') as number
    for (const _ of [1, 2, 3, 4]) subscriptions.dispatch(message('a', { subscriptionIds: [id] }))
    subscriptions.dispatch(message('a', { subscriptionIds: [id], retained: true }))
    expect([first.mock.calls.length, second.mock.calls.length]).toEqual([2, 2])
  })

  it('forget a listener whose subscription was refused', async () => {
    const { link, subscriptions } = setUp()
    const listener = vi.fn()
    link.refused.add('a')
    await expect(subscriptions.subscribe(link, 'a', listener, EACH)).rejects.toMatchObject({
      code: 'UNAUTHORIZED',
    })
    const next = new FakeLink()
    expect(await subscriptions.restore(next, { groups: 'all' })).toEqual([])
    expect(next.log).toEqual([])
    subscriptions.dispatch(message('a'))
    expect(listener).not.toHaveBeenCalled()
  })

  it('are restored on a new link; what that refuses is told and tried again on the next', async () => {
    const { link, subscriptions } = setUp()
    const listener = vi.fn()
    await subscriptions.subscribe(link, 'a', listener, EACH)
    await subscriptions.subscribe(link, 'b', vi.fn(), EACH)
    link.down = new BotbusError('NOT_CONNECTED', 'gone')
    const second = new FakeLink()
    second.refused.add('a')
    const refused = await subscriptions.restore(second, { groups: 'all' })
    expect(refused.map(({ pattern, error }) => [pattern, error.code])).toEqual([['a', 'UNAUTHORIZED']])
    const third = new FakeLink()
    await subscriptions.restore(third, { groups: 'all' })
    expect([...third.granted.keys()]).toEqual(['a', 'b'])
    subscriptions.dispatch(message('a'))
    expect(listener).toHaveBeenCalledOnce()
  })

  it('tell a group that a new broker cannot share, rather than stay silent', async () => {
    const { link, subscriptions } = setUp()
    await subscriptions.subscribe(link, 'a', vi.fn(), { group: 'g', qos: 1 })
    const refused = await subscriptions.restore(new FakeLink(), { groups: 'none' })
    expect(refused.map(({ error }) => error.code)).toEqual(['UNSUPPORTED'])
  })

  it('leave quietly when the link is down: the subscription died with it', async () => {
    const { link, subscriptions } = setUp()
    const leave = await subscriptions.subscribe(link, 'a', vi.fn(), EACH)
    link.down = new BotbusError('NOT_CONNECTED', 'gone')
    await expect(leave()).resolves.toBeUndefined()
    const next = new FakeLink()
    await subscriptions.restore(next, { groups: 'all' })
    expect(next.log).toEqual([])
  })

  it('leave at once while they are being restored, and are taken back when the new link has them', async () => {
    const { link, subscriptions } = setUp()
    const leave = await subscriptions.subscribe(link, 'a', vi.fn(), EACH)
    link.down = new BotbusError('NOT_CONNECTED', 'gone')
    const next = new FakeLink()
    const release = next.hold()
    const restored = subscriptions.restore(next, { groups: 'all' })
    await vi.waitFor(() => expect(next.log).toEqual(['+a']))
    await leave()
    expect(next.log).toEqual(['+a'])
    release()
    await restored
    await vi.waitFor(() => expect(next.log).toEqual(['+a', '-a']))
    await vi.waitFor(() => expect(next.granted.size).toBe(0))
  })

  it('refuse a pattern that is a shared subscription by itself', async () => {
    const { link, subscriptions } = setUp()
    const refusal = subscriptions.subscribe(link, '$share/g/a', vi.fn(), EACH)
    await expect(refusal).rejects.toMatchObject({ code: 'INVALID_ARGUMENT' })
  })
})
