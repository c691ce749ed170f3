/** What a message can say. */
export type ValueName =
  | 'secret'
  | 'id'
  | 'time'
  | 'exchange'
  | 'ticker'
  | 'pair'
  | 'action'
  | 'amount'
  | 'price'
  | 'interval'
  | 'position'
  | 'positionSize'
  | 'positionBefore'
  | 'positionSizeBefore'

/** A strategy tells what it traded; an indicator only that something happened, so the message says what to do. */
export type AlertKind = 'strategy' | 'indicator'

type Values = Readonly<Partial<Record<ValueName, string>>>

const MARKET: Values = {
  time: '{{timenow}}',
  exchange: '{{exchange}}',
  ticker: '{{ticker}}',
  pair: '{{syminfo.basecurrency}}-{{syminfo.currency}}',
  interval: '{{interval}}',
}

/**
 * Placeholders for the message of an alert on a strategy. The id of an order is the same at every trade, and the time has a
 * resolution of one second: with the size of the position, two fills within a second are two alerts.
 */
export function strategyValues(secret: string): Values {
  return {
    ...MARKET,
    secret,
    id: '{{strategy.order.id}}-{{timenow}}-{{strategy.position_size}}',
    action: '{{strategy.order.action}}',
    amount: '{{strategy.order.contracts}}',
    price: '{{strategy.order.price}}',
    position: '{{strategy.market_position}}',
    positionSize: '{{strategy.market_position_size}}',
    positionBefore: '{{strategy.prev_market_position}}',
    positionSizeBefore: '{{strategy.prev_market_position_size}}',
  }
}

/** The same for an alert on an indicator or a price: one message for each action. */
export function indicatorValues(secret: string, action: string, amount: string): Values {
  return {
    ...MARKET,
    secret,
    id: `${action}-{{ticker}}-{{interval}}-{{timenow}}`,
    action,
    amount,
    price: '{{close}}',
  }
}

/** Expressions of Pine, where placeholders are not filled in; `action` and `size` are parameters of the function around them. */
export const PINE_VALUES: Values = {
  secret: 'secret',
  id: 'action + "-" + syminfo.ticker + "-" + timeframe.period + "-" + str.tostring(timenow)',
  time: 'str.tostring(timenow)',
  exchange: 'syminfo.prefix',
  ticker: 'syminfo.ticker',
  pair: 'na(syminfo.basecurrency) ? syminfo.ticker : syminfo.basecurrency + "-" + syminfo.currency',
  action: 'action',
  amount: 'str.tostring(size, "#.##########")',
  price: 'str.tostring(close)',
  interval: 'timeframe.period',
}
