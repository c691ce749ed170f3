import { CommandError } from '@botbus/bridge'
import { Decimal, MAX_PLACES } from '../exchange/decimal.ts'
import { parseExchange } from '../exchange/known-exchanges.ts'
import { parseAsset } from '../exchange/trading-pair.ts'
import { balanceLimitKey, paperBalanceKey } from '../settings/fields.ts'
import type { BotParts } from './bot-parts.ts'

/** How much of an asset orders on that exchange may use. Throws for an unknown exchange and for amounts below 0. */
export function balanceLimit(
  bot: BotParts,
  request: { exchange: string; asset: string; amount: number | string },
): void {
  const exchange = parseExchange(request.exchange, bot.trader.markets.source.exchange)
  const asset = parseAsset(request.asset)
  const amount = readAmount(request.amount, `Set balance_asset_limit.${exchange}.${asset} to null to remove the limit.`)
  bot.settings.check(balanceLimitKey(exchange, asset), amount.toFixed())
  bot.trader.markets.setLimit(exchange, asset, amount)
  bot.settings.setLimit(exchange, asset, amount)
  tell(bot, `Limit for ${asset} on ${exchange} exchange set to ${amount}`)
}

/** Sets the paper balance of an asset on every exchange. Throws for amounts below what open orders hold. */
export function balancePaper(bot: BotParts, request: { asset: string; amount: number | string }): void {
  const asset = parseAsset(request.asset)
  const amount = readAmount(request.amount)
  bot.settings.check(paperBalanceKey(asset), amount.toFixed())
  bot.trader.markets.setBalance(asset, amount)
  bot.settings.setBalance(asset, amount)
  tell(bot, `Paper balance for ${asset} token set to ${amount}`)
}

function readAmount(given: number | string, hint = ''): Decimal {
  const amount = new Decimal(given)
  if (!amount.isFinite() || amount.lt(0) || amount.gt(1e15) || amount.decimalPlaces() > MAX_PLACES) {
    const expected = `a number from 0 to 10^15 with at most ${MAX_PLACES} digits after the point`
    throw new CommandError(`Invalid amount: ${given}. Expected ${expected}. ${hint}`.trim())
  }
  return amount
}

function tell(bot: BotParts, text: string): void {
  bot.log.named('hummingbot.core').info(text)
  bot.reporter.notify(text)
}
