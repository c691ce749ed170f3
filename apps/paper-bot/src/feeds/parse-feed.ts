import { BotbusError } from '@botbus/core'
import type { TradingPair } from '../exchange/trading-pair.ts'
import type { FeedSource } from './feed.ts'
import { live } from './live.ts'
import { replay } from './replay.ts'
import { simulated } from './simulated.ts'

export interface FeedOptions {
  readonly pair: TradingPair
  readonly seed: string
  readonly speed: number
}

/** Reads `simulated`, `replay:FILE` or `live:EXCHANGE`. Throws `INVALID_ARGUMENT`. */
export function parseFeed(text: string, { pair, seed, speed }: FeedOptions): FeedSource {
  const colon = text.indexOf(':')
  const kind = colon < 0 ? text : text.slice(0, colon)
  const rest = colon < 0 ? '' : text.slice(colon + 1)
  if (kind === 'simulated' && !rest) return simulated({ seed })
  if (kind === 'replay' && rest) return replay({ file: rest, pair, speed })
  if (kind === 'live' && rest) return live({ exchange: rest })
  throw new BotbusError(
    'INVALID_ARGUMENT',
    `Invalid feed: '${text}'. Expected simulated, replay:FILE or live:EXCHANGE.`,
  )
}
