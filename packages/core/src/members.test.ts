import { getEventListeners } from 'node:events'
import { afterEach, describe, expect, it, vi } from 'vitest'
import { BotbusError } from './errors.ts'
import { type Member, Members } from './members.ts'

/** A member that counts, and that tells its members of its close as a subscription does. */
function member(members: Members, overrides: Partial<Member> = {}): Member & { closed: number } {
  let closing: Promise<void> | undefined
  const self: Member & { closed: number } = {
    closed: 0,
    close: () => {
      if (!closing) {
        self.closed++
        closing = Promise.resolve()
        void members.leave(self)
      }
      return closing
    },
    drain: () => self.close(),
    ...overrides,
  }
  return self
}

const never = new Promise<void>(() => undefined)
const setUp = (): { members: Members; problems: BotbusError[] } => {
  const problems: BotbusError[] = []
  return { members: new Members((error) => problems.push(error)), problems }
}

describe('Members', () => {
  afterEach(() => void vi.useRealTimers())

  it('closes a member when its signal fires, and leaves no listener behind', async () => {
    const { members } = setUp()
    const controller = new AbortController()
    const one = await members.open(member(members), async () => undefined, controller.signal)
    expect(getEventListeners(controller.signal, 'abort')).toHaveLength(1)
    controller.abort()
    expect(one.closed).toBe(1)
    expect(getEventListeners(controller.signal, 'abort')).toHaveLength(0)
  })

  it('leaves no listener behind a member that was closed, or never opened', async () => {
    const { members } = setUp()
    const { signal } = new AbortController()
    const one = await members.open(member(members), async () => undefined, signal)
    await one.close()
    const refused = new BotbusError('UNAUTHORIZED', 'no')
    await expect(members.open(member(members), () => Promise.reject(refused), signal)).rejects.toBe(refused)
    expect(getEventListeners(signal, 'abort')).toHaveLength(0)
  })

  it('opens nothing under a signal that has fired', async () => {
    const { members } = setUp()
    const open = vi.fn(async () => undefined)
    const reason = new Error('enough')
    await expect(members.open(member(members), open, AbortSignal.abort(reason))).rejects.toMatchObject({
      code: 'CANCELLED',
      cause: reason,
    })
    expect(open).not.toHaveBeenCalled()
  })

  it('closes what opened after its signal fired', async () => {
    const { members } = setUp()
    const controller = new AbortController()
    const one = member(members)
    const opening = members.open(one, async () => controller.abort(), controller.signal)
    await expect(opening).rejects.toMatchObject({ code: 'CANCELLED' })
    expect(one.closed).toBe(1)
  })

  it('closes what opened while the bus closed, and opens nothing later', async () => {
    const { members } = setUp()
    const { promise, resolve } = Promise.withResolvers<void>()
    const one = member(members)
    const opening = members.open(one, () => promise, undefined)
    const draining = members.drain(1_000)
    resolve()
    await expect(opening).rejects.toMatchObject({ code: 'CLOSED' })
    expect(one.closed).toBe(1)
    await draining
    await expect(members.open(member(members), async () => undefined, undefined)).rejects.toMatchObject({
      code: 'CLOSED',
    })
  })

  it('waits for a member that was closed before but still runs', async () => {
    const { members } = setUp()
    const { promise, resolve } = Promise.withResolvers<void>()
    const one = await members.open(member(members, { drain: () => promise }), async () => undefined, undefined)
    await one.close()
    let isDrained = false
    const draining = members.drain(60_000).then(() => {
      isDrained = true
    })
    await Promise.resolve()
    expect(isDrained).toBe(false)
    resolve()
    await draining
  })

  it('waits no longer than the grace time, and leaves no timer when it need not wait', async () => {
    vi.useFakeTimers()
    const { members } = setUp()
    await members.drain(5_000)
    expect(vi.getTimerCount()).toBe(0)
    const stuck = setUp().members
    await stuck.open(member(stuck, { drain: () => never }), async () => undefined, undefined)
    let isDrained = false
    const draining = stuck.drain(5_000).then(() => {
      isDrained = true
    })
    await vi.advanceTimersByTimeAsync(4_999)
    expect(isDrained).toBe(false)
    await vi.advanceTimersByTimeAsync(1)
    await draining
  })

  it('does not take a grace time beyond the longest timer for none', async () => {
    vi.useFakeTimers()
    const { members } = setUp()
    await members.open(member(members, { drain: () => never }), async () => undefined, undefined)
    let isDrained = false
    void members.drain(Number.POSITIVE_INFINITY).then(() => {
      isDrained = true
    })
    await vi.advanceTimersByTimeAsync(60_000)
    expect(isDrained).toBe(false)
  })

  it('reports a close that fails when nobody waits for it', async () => {
    const { members, problems } = setUp()
    const controller = new AbortController()
    const close = (): Promise<void> => Promise.reject(new BotbusError('NOT_CONNECTED', 'down'))
    await members.open(member(members, { close }), async () => undefined, controller.signal)
    controller.abort()
    await expect.poll(() => problems).toEqual([expect.objectContaining({ code: 'NOT_CONNECTED' })])
    await members.open(member(members, { drain: close }), async () => undefined, undefined)
    await members.drain(1_000)
    expect(problems).toContainEqual(expect.objectContaining({ code: 'NOT_CONNECTED' }))
    expect(problems.length).toBeGreaterThan(1)
  })
})
