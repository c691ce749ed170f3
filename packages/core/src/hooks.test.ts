import { afterEach, beforeEach, describe, expect, it, type MockInstance, vi } from 'vitest'
import { BotbusError } from './errors.ts'
import { observerOf } from './hooks.ts'

describe('observerOf', () => {
  let warned: MockInstance<typeof process.emitWarning>
  beforeEach(() => {
    warned = vi.spyOn(process, 'emitWarning').mockImplementation(() => undefined)
  })
  afterEach(() => warned.mockRestore())

  it('calls the hook as a method of its hooks', () => {
    const events: unknown[] = []
    const hooks = {
      events,
      observe(event: unknown) {
        this.events.push(event)
      },
    }
    const event = { type: 'published', topic: 'a', bytes: 1 } as const
    observerOf(hooks)(event)
    expect(events).toEqual([event])
    expect(warned).not.toHaveBeenCalled()
  })

  it('turns what a hook throws into a warning', () => {
    const observe = observerOf({
      observe: () => {
        throw new Error('defect')
      },
    })
    expect(() => observe({ type: 'published', topic: 'a', bytes: 1 })).not.toThrow()
    expect(warned).toHaveBeenCalledWith('the observer failed: defect', 'BotbusWarning')
  })

  it('shows control characters of what it quotes', () => {
    observerOf({})({ type: 'listener_failed', topic: 'a', error: new Error('\u001b[2J\r\u202e') })
    expect(warned).toHaveBeenCalledWith('a listener failed on a: \\u{1b}[2J\\u{d}\\u{202e}', 'BotbusWarning')
  })

  it('without a hook, warns of the first loss of each kind', () => {
    const observe = observerOf({})
    for (const reason of ['overflow', 'overflow', 'invalid'] as const) observe({ type: 'dropped', topic: 'a', reason })
    expect(warned.mock.calls.map(([text]) => text)).toEqual([
      'dropped a message on a: overflow',
      'dropped a message on a: invalid',
    ])
  })

  it('without a hook, warns of every failed listener and every problem, whatever was thrown', () => {
    const observe = observerOf({})
    observe({ type: 'listener_failed', topic: 'a', error: new Error('one') })
    observe({ type: 'listener_failed', topic: 'a', error: Object.create(null) })
    observe({ type: 'problem', error: new BotbusError('INTERNAL', 'two') })
    expect(warned.mock.calls.map(([text]) => text)).toEqual([
      'a listener failed on a: one',
      'a listener failed on a: a thrown object without a text',
      'two',
    ])
  })

  it('without a hook, is silent about what is no loss', () => {
    const observe = observerOf({})
    observe({ type: 'published', topic: 'a', bytes: 1 })
    observe({ type: 'delivered', topic: 'a', bytes: 1 })
    observe({ type: 'call', address: 'a', duration: 1, error: new BotbusError('TIMEOUT', 'x') })
    observe({ type: 'request', address: 'a', duration: 1 })
    observe({ type: 'dropped', topic: 'a', reason: 'late_reply' })
    expect(warned).not.toHaveBeenCalled()
  })
})
