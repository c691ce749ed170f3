/** What Hummingbot 2.16 is asked for and answers, captured. */
export const STATUS_REQUEST = { async_backend: false }
export const STATUS_REPLY = { status: 200, msg: '\n  Markets:\n    Exchange  Market', data: '' }

/** 200 bytes as JSON. */
export const LOG_MESSAGE = {
  timestamp: 1_671_819_499.25,
  level_no: 20,
  level_name: 'INFO',
  logger_name: 'hummingbot.strategy.pure_market_making',
  msg: 'Created BUY order OID1 for 0.5 BTC at 20000.1 USDT, filled 0.25'.padEnd(75, '.'),
}

export const HEARTBEAT = { ts: 1_795_443_544_601_957 }

export const EVENT = {
  timestamp: 1_671_819_499,
  type: 'BuyOrderCreated',
  data: {
    type: 'OrderType.LIMIT',
    trading_pair: 'BTC-USDT',
    amount: 0.5,
    price: 20_000.1,
    order_id: 'OID1',
    creation_timestamp: 1_671_819_499.25,
    exchange_order_id: 'EX1',
    leverage: 1,
    position: 'OPEN',
  },
}
