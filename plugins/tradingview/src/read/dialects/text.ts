import type { Fields } from '../../signal.ts'

/** WunderTrading: `EXIT-LONG_Bybit_ETHUSDT_ETH-USDT_15M_<code>`. */
const UNDERSCORES = /^(?:ENTER|EXIT|REVERSE)-[A-Z-]{2,12}_[^\s_]+_[^\s_]+(?:_[^\s_]+){2,6}$/i

/** Whether a text is one that some format takes apart by itself. */
export function isFormatText(text: string): boolean {
  return text.length < 400 && UNDERSCORES.test(text)
}

/** The whole text as the field `text`. */
export function readText(text: string): readonly Fields[] {
  return [{ dialect: 'text', values: { text } }]
}
