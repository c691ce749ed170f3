import { Agent, request } from 'node:http'
import { messageOf } from '../message-of.ts'

/** What came of one POST: its status, or why there is none. */
export type Status = number | string

/** Posts alerts to the route `bench`, each on a connection of its own: nobody knows how long TradingView keeps its own. */
export class Poster {
  readonly #url: URL
  readonly #secret: string
  readonly #agent = new Agent({ keepAlive: false })

  constructor(url: string, secret: string) {
    this.#url = new URL('/webhooks/tradingview/bench', url)
    this.#secret = secret
  }

  /** Resolves when the whole answer is here. */
  post(id: string): Promise<Status> {
    const time = new Date().toISOString()
    const body = JSON.stringify({ secret: this.#secret, id, ticker: 'BTCUSDT', action: 'buy', amount: '0.01', time })
    const headers = { 'content-type': 'application/json', 'content-length': Buffer.byteLength(body) }
    return new Promise((resolve) => {
      const posted = request(
        this.#url,
        { method: 'POST', headers, agent: this.#agent, timeout: 30_000 },
        (response) => {
          response.resume()
          response.once('end', () => resolve(response.statusCode ?? 0))
          response.once('error', (error) => resolve(messageOf(error)))
        },
      )
      posted.once('timeout', () => posted.destroy(new Error('no answer within 30 s')))
      posted.once('error', (error) => resolve(messageOf(error)))
      posted.end(body)
    })
  }

  close(): void {
    this.#agent.destroy()
  }
}
