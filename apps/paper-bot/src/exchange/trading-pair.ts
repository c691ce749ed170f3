import { BotbusError } from '@botbus/core'

export interface TradingPair {
  readonly base: string
  readonly quote: string
  /** `BTC-USDT` */
  readonly symbol: string
}

const ASSET = /^[A-Z0-9]{1,20}$/

/** Reads `BTC-USDT` (any case, `/` allowed). Throws `INVALID_ARGUMENT`. */
export function parsePair(text: string): TradingPair {
  const [base, quote, ...rest] = text.toUpperCase().split(/[-/]/)
  if (!base || !quote || rest.length > 0 || !ASSET.test(base) || !ASSET.test(quote) || base === quote) {
    throw new BotbusError('INVALID_ARGUMENT', `Invalid trading pair: '${text}'. Expected two assets such as BTC-USDT.`)
  }
  return { base, quote, symbol: `${base}-${quote}` }
}

/** Reads the name of an asset, in any case. Throws `INVALID_ARGUMENT`. */
export function parseAsset(text: string): string {
  const asset = text.trim().toUpperCase()
  if (!ASSET.test(asset)) {
    throw new BotbusError('INVALID_ARGUMENT', `Invalid asset: '${text}'. Expected letters and digits, such as USDT.`)
  }
  return asset
}
