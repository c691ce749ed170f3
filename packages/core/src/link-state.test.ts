import { describe, expect, it } from 'vitest'
import { BotbusError } from './errors.ts'
import { LinkState } from './link-state.ts'

const connected = { status: 'connected' } as const
const lost = { status: 'reconnecting', cause: new BotbusError('NOT_CONNECTED', 'gone') } as const
const closed = { status: 'closed' } as const
const noError = (error: unknown): never => {
  throw error
}

describe('LinkState', () => {
  it('is not connected before it is', () => {
    const link = new LinkState(noError)
    expect(link.state.status).toBe('reconnecting')
    link.opened()
    expect(link.state).toEqual(connected)
  })

  it('keeps a loss that came while connecting was about to resolve', () => {
    const link = new LinkState(noError)
    link.change(lost)
    link.opened()
    expect(link.state).toBe(lost)
  })

  it('tells its listeners every change until they stop', () => {
    const link = new LinkState(noError)
    const seen: string[] = []
    const stop = link.onChange(({ status }) => seen.push(status))
    link.opened()
    link.change(lost)
    stop()
    link.change(connected)
    expect(seen).toEqual(['connected', 'reconnecting'])
  })

  it('stays closed', () => {
    const link = new LinkState(noError)
    const seen: string[] = []
    link.onChange(({ status }) => seen.push(status))
    link.change(closed)
    link.change(closed)
    link.change(connected)
    expect(seen).toEqual(['closed'])
    expect(link.state).toBe(closed)
  })

  it('reports a listener that throws, and tells the others', () => {
    const errors: unknown[] = []
    const seen: string[] = []
    const link = new LinkState((error) => errors.push(error))
    link.onChange(() => {
      throw new Error('defect')
    })
    link.onChange(({ status }) => seen.push(status))
    link.opened()
    expect(errors).toEqual([new Error('defect')])
    expect(seen).toEqual(['connected'])
  })
})
