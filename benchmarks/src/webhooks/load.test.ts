import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { expect, it, onTestFinished } from 'vitest'
import { burstLoad, steadyLoad } from './load.ts'
import { Poster } from './poster.ts'

const { signal } = new AbortController()

/** Answers by `status`, with the id and how many requests it had before. */
async function startServer(status: (id: string, index: number) => number): Promise<{ poster: Poster; ids: string[] }> {
  const ids: string[] = []
  const server = createServer(async (request, response) => {
    let body = ''
    for await (const part of request) body += part
    const { id } = JSON.parse(body) as { id: string }
    response.writeHead(status(id, ids.push(id) - 1)).end('{}')
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const poster = new Poster(`http://127.0.0.1:${(server.address() as AddressInfo).port}`, 'secret')
  onTestFinished(() => {
    poster.close()
    server.closeAllConnections()
    server.close()
  })
  return { poster, ids }
}

it('sends a steady load at its rate, and counts answers of each kind', async () => {
  const { poster, ids } = await startServer((_, index) => (index === 3 ? 429 : 202))
  const load = await steadyLoad(poster, { rate: 100, seconds: 1, signal })
  expect(new Set(ids).size).toBe(100)
  expect(load.statuses).toEqual({ 202: 99, 429: 1 })
  expect(load.acknowledged).toHaveLength(99)
  expect(load.duration).toBeGreaterThanOrEqual(0.98)
})

it('counts the time from the moment at which an alert was due: a stop delays all of them', async () => {
  const { poster } = await startServer((_, index) => {
    const end = performance.now() + (index === 0 ? 700 : 0)
    while (performance.now() < end);
    return 202
  })
  const load = await steadyLoad(poster, { rate: 50, seconds: 1, signal })
  // One stood still for 700 ms; the 35 that fell due meanwhile waited too, by what was left of it.
  const { p50, max } = load.times
  expect(max).toBeGreaterThanOrEqual(690)
  expect(p50).toBeGreaterThanOrEqual(150)
})

it('sends again what is answered with 503, and acknowledges it once', async () => {
  const { poster, ids } = await startServer((_, index) => (index === 0 ? 503 : 202))
  const load = await burstLoad(poster, { alerts: 3, concurrency: 1, signal, resendAfter: 10 })
  expect(ids).toHaveLength(4)
  expect(load.statuses).toEqual({ 202: 3, 503: 1 })
  expect([...load.acknowledged].sort()).toEqual(['burst-0', 'burst-1', 'burst-2'])
})
