import { describe, expect, it } from 'vitest'
import type { Peer } from '../contenders/contender.ts'
import { serveLoop } from './serve-loop.ts'

describe('serveLoop', () => {
  it('serves each of the bots once, not more than 64 at once', async () => {
    const served: string[] = []
    let opening = 0
    let most = 0
    const serve = async (address: string, answer: (request: unknown) => unknown): Promise<void> => {
      most = Math.max(most, ++opening)
      await new Promise(setImmediate)
      opening--
      expect(answer({})).toBe('reply')
      served.push(address)
    }
    const bots = { from: 100, to: 300 }
    await serveLoop({ serve } as Peer, { do: 'serve', address: 'hbot/bot{bot}/status', reply: 'reply', bots })
    expect(new Set(served).size).toBe(200)
    expect(served).toHaveLength(200)
    expect([...served].sort()[0]).toBe('hbot/bot00100/status')
    expect([...served].sort().at(-1)).toBe('hbot/bot00299/status')
    expect(most).toBe(64)
  })

  it('rejects when one cannot be served', async () => {
    const serve = async (address: string): Promise<void> => {
      if (address === 'b00001') throw new Error('refused')
    }
    const bots = { from: 0, to: 3 }
    const serving = serveLoop({ serve } as unknown as Peer, { do: 'serve', address: 'b{bot}', reply: null, bots })
    await expect(serving).rejects.toThrow('refused')
  })
})
