/**
 * Every reason for which an alert is refused or ends among the dead letters. Stable: scripts may match on them. `status` is the
 * HTTP answer; those without one arise after the alert was acknowledged.
 */
export const ALERT_CODES = {
  UNAUTHORIZED: { status: 401, meaning: 'the secret is missing or wrong' },
  FORBIDDEN: { status: 403, meaning: 'the sender is not on the list of addresses, or shows no accepted certificate' },
  UNKNOWN_ROUTE: { status: 404, meaning: 'there is no such route' },
  METHOD_NOT_ALLOWED: { status: 405, meaning: 'alerts come by POST only' },
  TOO_LARGE: { status: 413, meaning: 'the body has more bytes than the route takes' },
  UNREADABLE: { status: 422, meaning: 'the body is empty, or not in the format of the route' },
  PLACEHOLDER: { status: 422, meaning: 'a {{placeholder}} was left over: TradingView did not fill it in' },
  STALE: { status: 422, meaning: 'the alert is older than the route takes' },
  FROM_FUTURE: { status: 422, meaning: 'the time of the alert lies ahead of our clock' },
  INVALID_FIELD: { status: 422, meaning: 'a field that the rule needs is missing or has a wrong value' },
  UNKNOWN_SYMBOL: { status: 422, meaning: 'the symbol is in no table and follows no known form' },
  NOT_ALLOWED: { status: 422, meaning: 'the alert names a bot, a topic or a command that the route does not allow' },
  TOO_FAST: { status: 429, meaning: 'more alerts than the route takes in a minute' },
  INBOX_FULL: { status: 503, meaning: 'too many deliveries wait; TradingView tries again' },
  STORE_UNAVAILABLE: { status: 503, meaning: 'the alert could not be stored; TradingView tries again' },
  SHUTTING_DOWN: { status: 503, meaning: 'the server is about to end; TradingView tries again' },
  BOT_UNAVAILABLE: { meaning: 'the bot was not heard in time' },
  BROKER_UNAVAILABLE: { meaning: 'the link to the broker was down until the delivery expired' },
  EXPIRED: { meaning: 'the delivery waited longer than the route lets it' },
  REJECTED: { meaning: 'the bot answered with an error' },
  OUTCOME_UNKNOWN: { meaning: 'it was sent, or about to be, and nobody knows whether it ran' },
  INTERNAL: { meaning: 'a defect' },
} as const satisfies Record<string, { status?: number; meaning: string }>

export type AlertCode = keyof typeof ALERT_CODES
