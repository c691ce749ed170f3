import { describe, expect, it, vi } from 'vitest'
import { BotbusError } from '../errors.ts'
import type { TransportEvents } from '../transport.ts'
import { LinkKeeper, type LinkKeeperOptions, type Session } from './link-keeper.ts'

class FakeSession implements Session {
  readonly lost: Promise<BotbusError>
  down: BotbusError | undefined
  #lose: (error: BotbusError) => void = () => undefined

  constructor() {
    this.lost = new Promise((resolve) => {
      this.#lose = resolve
    })
  }

  hangUp(reason: BotbusError): void {
    this.down ??= reason
    this.#lose(this.down)
  }

  async end(reason: BotbusError): Promise<void> {
    this.hangUp(reason)
  }
}

const gone = new BotbusError('NOT_CONNECTED', 'gone')
const never = <T>(): Promise<T> => new Promise(() => undefined)

/** Rejects as soon as the signal fires, as opening a socket does. */
const untilAborted = (signal: AbortSignal): Promise<never> =>
  new Promise((_, reject) => signal.addEventListener('abort', () => reject(signal.reason)))

function setUp(options: Partial<LinkKeeperOptions<FakeSession>> = {}) {
  const sessions: FakeSession[] = []
  const states: string[] = []
  const problems: string[] = []
  const events: TransportEvents = {
    state: ({ status }) => void states.push(status),
    problem: ({ message }) => void problems.push(message),
    reply: () => undefined,
    unanswerable: () => undefined,
  }
  const open = vi.fn(async () => {
    const session = new FakeSession()
    sessions.push(session)
    return session
  })
  const restore = vi.fn(async () => undefined)
  const keeper = new LinkKeeper<FakeSession>({
    label: 'x://h:1',
    kind: 'an X broker',
    connectTimeout: 1_000,
    open,
    restore,
    ...options,
  })
  return { keeper, events, sessions, states, problems, open, restore }
}

describe('the link', () => {
  it('is not there before it was opened, and says so', () => {
    const { keeper } = setUp()
    expect(() => keeper.session).toThrow(expect.objectContaining({ code: 'NOT_CONNECTED', outcome: 'not_sent' }))
  })

  it('is up when everything is restored', async () => {
    const { keeper, events, sessions, restore } = setUp()
    await keeper.connect({ events })
    expect(restore).toHaveBeenCalledWith(sessions[0])
    expect(keeper.session).toBe(sessions[0])
    await keeper.close()
  })

  it('comes back after a loss with a new session, and tells both', async () => {
    const { keeper, events, sessions, states } = setUp()
    await keeper.connect({ events })
    sessions[0]?.hangUp(gone)
    await vi.waitFor(() => expect(states).toEqual(['reconnecting', 'connected']))
    expect(keeper.session).toBe(sessions[1])
    await keeper.close()
    expect(states).toEqual(['reconnecting', 'connected', 'closed'])
  })

  it('is not there between a loss and the next session', async () => {
    const { keeper, events, sessions } = setUp()
    await keeper.connect({ events })
    sessions[0]?.hangUp(gone)
    expect(() => keeper.session).toThrow(expect.objectContaining({ code: 'NOT_CONNECTED', cause: gone }))
    await keeper.close()
  })

  it('reports what keeps it from coming back, once, unless it is that nobody is there', async () => {
    const refused = new BotbusError('UNAUTHORIZED', 'the password has changed')
    const failures = [gone, refused, refused]
    const open = vi.fn<(signal: AbortSignal) => Promise<FakeSession>>()
    const session = new FakeSession()
    open.mockResolvedValueOnce(session)
    for (const failure of failures) open.mockRejectedValueOnce(failure)
    open.mockResolvedValue(new FakeSession())
    const { keeper, events, states, problems } = setUp({ open })
    await keeper.connect({ events })
    session.hangUp(gone)
    await vi.waitFor(() => expect(states).toEqual(['reconnecting', 'connected']), 5_000)
    expect(problems).toEqual([refused.message])
    await keeper.close()
  })

  it('waits longer and reports when the transport knows why it was lost', async () => {
    const problem = new BotbusError('NOT_CONNECTED', 'thrown out')
    const { keeper, events, sessions, open, problems } = setUp({ onLost: () => ({ problem, pause: 60_000 }) })
    await keeper.connect({ events })
    sessions[0]?.hangUp(gone)
    await vi.waitFor(() => expect(problems).toEqual(['thrown out']))
    await keeper.close()
    expect(open).toHaveBeenCalledOnce()
  })
})

describe('the first connect', () => {
  it('rejects when it fails, and is not tried again', async () => {
    const open = vi.fn(async () => Promise.reject(gone))
    const { keeper, events, states } = setUp({ open })
    await expect(keeper.connect({ events })).rejects.toBe(gone)
    await keeper.close()
    expect(open).toHaveBeenCalledOnce()
    expect(states).toEqual([])
  })

  it('rejects when nobody answers in time', async () => {
    const { keeper, events } = setUp({ open: untilAborted, connectTimeout: 20 })
    await expect(keeper.connect({ events })).rejects.toMatchObject({
      code: 'NOT_CONNECTED',
      message: expect.stringContaining('no answer within 20 ms; is it an X broker'),
    })
  })

  it('rejects when its signal fires, also while it restores, and hangs up', async () => {
    const { keeper, events, sessions } = setUp({
      restore: (session) =>
        new Promise((_, reject) => void session.lost.then(() => reject(new BotbusError('INTERNAL', 'cut off')))),
    })
    const controller = new AbortController()
    const connecting = keeper.connect({ events, signal: controller.signal })
    await vi.waitFor(() => expect(sessions).toHaveLength(1))
    controller.abort()
    await expect(connecting).rejects.toMatchObject({ code: 'CANCELLED' })
    expect(sessions[0]?.down?.code).toBe('CANCELLED')
  })

  it('rejects when the transport is closed meanwhile', async () => {
    const { keeper, events } = setUp({ open: untilAborted })
    const connecting = keeper.connect({ events })
    const closing = keeper.close()
    await expect(connecting).rejects.toMatchObject({ code: 'CLOSED' })
    await closing
  })

  it('hangs up when its signal fires just as everything is open, and restores nothing', async () => {
    const controller = new AbortController()
    const session = new FakeSession()
    const open = vi.fn(async () => {
      controller.abort()
      return session
    })
    const { keeper, events, restore } = setUp({ open })
    await expect(keeper.connect({ events, signal: controller.signal })).rejects.toMatchObject({ code: 'CANCELLED' })
    expect(session.down?.code).toBe('CANCELLED')
    expect(restore).not.toHaveBeenCalled()
  })

  it('hangs up when restoring fails', async () => {
    const { keeper, events, sessions } = setUp({ restore: async () => Promise.reject(gone) })
    await expect(keeper.connect({ events })).rejects.toBe(gone)
    expect(sessions[0]?.down).toBe(gone)
  })

  it('is there once', async () => {
    const { keeper, events } = setUp({ open: never })
    void keeper.connect({ events }).catch(() => undefined)
    await expect(keeper.connect({ events })).rejects.toMatchObject({ code: 'INVALID_ARGUMENT' })
    void keeper.close()
  })
})

it('closing while a new session is being restored hangs it up, and it is never told as connected', async () => {
  const { keeper, events, sessions, states, restore } = setUp()
  await keeper.connect({ events })
  restore.mockImplementation(async () => {
    await sessions[1]?.lost
  })
  sessions[0]?.hangUp(gone)
  await vi.waitFor(() => expect(restore).toHaveBeenCalledTimes(2))
  await keeper.close()
  expect(sessions[1]?.down?.code).toBe('CLOSED')
  expect(states).toEqual(['reconnecting', 'closed'])
})

it('closing twice gives one promise, and nothing is there afterwards', async () => {
  const { keeper, events, states } = setUp()
  await keeper.connect({ events })
  const closing = keeper.close()
  expect(keeper.close()).toBe(closing)
  await closing
  expect(states).toEqual(['closed'])
  expect(() => keeper.session).toThrow(expect.objectContaining({ code: 'CLOSED', outcome: 'not_sent' }))
})
