import type { ExchangeEvent, Fill, Order } from '../exchange/order.ts'

/** A message of the `events` channel. */
export interface BotEventMessage {
  readonly type: string
  readonly data: Record<string, unknown>
}

/** The event as Hummingbot publishes it: numbers as numbers, and Python's names of enumerations. */
export function toBotEvent(event: ExchangeEvent): BotEventMessage {
  const { order } = event
  const side = order.side === 'BUY' ? 'Buy' : 'Sell'
  switch (event.type) {
    case 'created':
      return { type: `${side}OrderCreated`, data: created(order, (order.price ?? event.expectedPrice).toNumber()) }
    case 'filled':
      return { type: 'OrderFilled', data: filled(event.fill) }
    case 'completed':
      return { type: `${side}OrderCompleted`, data: completed(order) }
    case 'cancelled':
      return { type: 'OrderCancelled', data: { order_id: order.id, exchange_order_id: order.exchangeId } }
    case 'failed':
      return {
        type: 'OrderFailure',
        data: {
          order_id: order.id,
          order_type: `OrderType.${order.type}`,
          error_message: event.message,
          error_type: event.reason === 'no_market' ? 'RuntimeError' : 'ValueError',
        },
      }
  }
}

/** As in fees of spot markets: a buyer pays on top, a seller gets less. Both in the quote asset. */
export function tradeFee(fill: Fill): Record<string, unknown> {
  return {
    fee_type: fill.order.side === 'BUY' ? 'AddedToCost' : 'DeductedFromReturns',
    percent: fill.feeRate.toFixed(),
    percent_token: null,
    flat_fees: [],
  }
}

/** A market order has no price: what the top of the book promised stands for it. */
function created(order: Order, price: number): Record<string, unknown> {
  return {
    type: `OrderType.${order.type}`,
    trading_pair: order.pair.symbol,
    amount: order.amount.toNumber(),
    price,
    order_id: order.id,
    creation_timestamp: order.createdAt / 1_000,
    exchange_order_id: order.exchangeId,
    leverage: 1,
    position: 'NIL',
  }
}

function filled(fill: Fill): Record<string, unknown> {
  const { order } = fill
  return {
    order_id: order.id,
    trading_pair: order.pair.symbol,
    trade_type: `TradeType.${order.side}`,
    order_type: `OrderType.${order.type}`,
    price: fill.price.toNumber(),
    amount: fill.amount.toNumber(),
    trade_fee: tradeFee(fill),
    exchange_trade_id: fill.tradeId,
    exchange_order_id: order.exchangeId,
    leverage: 1,
    position: 'NIL',
  }
}

function completed(order: Order): Record<string, unknown> {
  return {
    order_id: order.id,
    base_asset: order.pair.base,
    quote_asset: order.pair.quote,
    base_asset_amount: order.filled.toNumber(),
    quote_asset_amount: order.filledQuote.toNumber(),
    order_type: `OrderType.${order.type}`,
    exchange_order_id: order.exchangeId,
  }
}
