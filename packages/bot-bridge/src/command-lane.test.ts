import { describe, expect, it, vi } from 'vitest'
import { CommandLane } from './command-lane.ts'

/** A command that runs until the test ends it. */
function pending() {
  const { promise, resolve } = Promise.withResolvers<string>()
  const task = vi.fn((_signal: AbortSignal) => promise)
  return { task, end: resolve }
}

const done = (text: string) => async (): Promise<string> => text

describe('CommandLane', () => {
  it('runs one command at a time, in order', async () => {
    const lane = new CommandLane()
    const order: string[] = []
    let running = 0
    const task = (name: string) => async (): Promise<void> => {
      expect(++running).toBe(1)
      await Promise.resolve()
      order.push(name)
      running--
    }
    await Promise.all(['config', 'import', 'start'].map((name) => lane.run(name, task(name))))
    expect(order).toEqual(['config', 'import', 'start'])
  })

  it('lets a stop go before all that wait, and cancels the starts among them', async () => {
    const lane = new CommandLane()
    const config = pending()
    const order: string[] = []
    const running = lane.run('config', config.task)
    const start = lane.run('start', done('started'))
    const later = lane.run('import', async () => order.push('import'))
    const stop = lane.run('stop', async () => order.push('stop'))
    config.end('')
    await expect(start).rejects.toThrow('a stop arrived before the start ran')
    await Promise.all([running, later, stop])
    expect(order).toEqual(['stop', 'import'])
  })

  it('aborts a start that runs when a stop arrives, and waits for its end', async () => {
    const lane = new CommandLane()
    const start = pending()
    const started = lane.run('start', start.task)
    const stop = vi.fn(done('stopped'))
    const stopped = lane.run('stop', stop)
    expect(start.task.mock.calls[0]?.[0].aborted).toBe(true)
    expect(stop).not.toHaveBeenCalled()
    start.end('')
    await started
    expect(await stopped).toBe('stopped')
  })

  it('does not abort any other command', async () => {
    const lane = new CommandLane()
    const config = pending()
    const running = lane.run('config', config.task)
    const stopped = lane.run('stop', done('stopped'))
    expect(config.task.mock.calls[0]?.[0].aborted).toBe(false)
    config.end('')
    await Promise.all([running, stopped])
  })

  it('keeps the order of several stops, and accepts a start after them', async () => {
    const lane = new CommandLane()
    const config = pending()
    const order: string[] = []
    const note = (name: string) => async (): Promise<number> => order.push(name)
    const all = [lane.run('config', config.task), lane.run('stop', note('stop 1')), lane.run('stop', note('stop 2'))]
    const start = lane.run('start', note('start'))
    config.end('')
    await Promise.all([...all, start])
    expect(order).toEqual(['stop 1', 'stop 2', 'start'])
  })

  it('refuses the 101st that would wait, but never a stop', async () => {
    const lane = new CommandLane()
    const config = pending()
    const all = [lane.run('config', config.task), ...Array.from({ length: 100 }, () => lane.run('config', done('')))]
    await expect(lane.run('config', done(''))).rejects.toThrow('100 commands are waiting already')
    all.push(lane.run('stop', done('')))
    config.end('')
    await expect(Promise.all(all)).resolves.toHaveLength(102)
  })

  it('goes on after a command that fails, also before its first await', async () => {
    const lane = new CommandLane()
    const failing = lane.run('config', () => {
      throw new Error('broken')
    })
    const next = lane.run('import', done('imported'))
    await expect(failing).rejects.toThrow('broken')
    expect(await next).toBe('imported')
  })

  it('refuses what waits and what comes once closed, and lets the running one end', async () => {
    const lane = new CommandLane()
    const config = pending()
    const running = lane.run('config', config.task)
    const waiting = lane.run('start', done(''))
    lane.close()
    await expect(waiting).rejects.toThrow('the bridge was stopped')
    await expect(lane.run('stop', done(''))).rejects.toThrow('the bridge was stopped')
    config.end('ended')
    expect(await running).toBe('ended')
  })
})
