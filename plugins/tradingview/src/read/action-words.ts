import type { Intent, Signal } from '../signal.ts'

/** What one word says. */
export interface ActionWord {
  readonly intent?: Intent
  /**
   * It names an order (`buy`), not what becomes of a position (`enter long`): after it, a short one may have been
   * closed.
   */
  readonly isOrder?: true
  readonly botAction?: NonNullable<Signal['botAction']>
}

const OPEN_LONG: Intent = { kind: 'open', order: 'buy', position: 'long' }
const OPEN_SHORT: Intent = { kind: 'open', order: 'sell', position: 'short' }
const CLOSE_LONG: Intent = { kind: 'close', order: 'sell', position: 'long' }
const CLOSE_SHORT: Intent = { kind: 'close', order: 'buy', position: 'short' }
const REDUCE_LONG: Intent = { kind: 'reduce', order: 'sell', position: 'long' }
const REDUCE_SHORT: Intent = { kind: 'reduce', order: 'buy', position: 'short' }
const TO_LONG: Intent = { kind: 'reverse', order: 'buy', position: 'long' }
const TO_SHORT: Intent = { kind: 'reverse', order: 'sell', position: 'short' }
const FLAT: Intent = { kind: 'flat' }

/** Orders at once only: `buylimit` and `buystop` wait for a price, and no intent says so. */
const ORDERS: readonly (readonly [Intent, string])[] = [
  [OPEN_LONG, 'buy buymarket marketbuy strongbuy buysignal'],
  [OPEN_SHORT, 'sell sellmarket marketsell strongsell sellsignal'],
]

/** Without a side, closing ends whatever there is: that is `flat`. */
const INTENTS: readonly (readonly [Intent, string])[] = [
  [OPEN_LONG, 'long bull bullish enterlong entrylong openlong golong longentry longopen buylong entrybuy enterbuy'],
  [OPEN_LONG, 'buytoopen openbuy enterlongposition openlongposition'],
  [OPEN_SHORT, 'short bear bearish entershort entryshort openshort goshort shortentry shortopen sellshort entrysell'],
  [OPEN_SHORT, 'entersell selltoopen opensell entershortposition openshortposition'],
  [CLOSE_LONG, 'closelong exitlong longexit longclose closelongposition exitlongposition closebuy exitbuy selltoclose'],
  [CLOSE_SHORT, 'closeshort exitshort shortexit shortclose closeshortposition exitshortposition closesell exitsell'],
  [CLOSE_SHORT, 'buytoclose buytocover cover covershort'],
  [REDUCE_LONG, 'reducelong decreaselong trimlong closelongpct closelongvol partialcloselong'],
  [REDUCE_SHORT, 'reduceshort decreaseshort trimshort closeshortpct closeshortvol partialcloseshort'],
  [{ kind: 'reduce' }, 'reduce trim decrease partialclose partialexit closepartial'],
  [TO_LONG, 'reverselong reversetolong fliplong closeshortbuy'],
  [TO_SHORT, 'reverseshort reversetoshort flipshort closelongsell'],
  [{ kind: 'reverse' }, 'reverse flip reverseposition'],
  [{ kind: 'open' }, 'open enter entry add openposition enterposition'],
  [FLAT, 'flat flatten close exit closeposition exitposition closeall exitall closelongshort liquidate'],
  [FLAT, 'closeatmarketprice closeatmarketpriceall closeallpositions'],
]

const BOT_WORDS: readonly (readonly [ActionWord, string])[] = [
  [{ botAction: 'start' }, 'startbot botstart eaon startandopen startbotandstartdeal'],
  [{ botAction: 'stop' }, 'stopbot botstop eaoff stopbotandcanceldeals'],
  [{ botAction: 'stop', intent: FLAT }, 'stopandclose closealleaoff'],
]

const WORDS: ReadonlyMap<string, ActionWord> = new Map([
  ...ORDERS.flatMap(([intent, words]) => each(words, { intent, isOrder: true })),
  ...INTENTS.flatMap(([intent, words]) => each(words, { intent })),
  ...BOT_WORDS.flatMap(([action, words]) => each(words, action)),
])

function each(words: string, action: ActionWord): [string, ActionWord][] {
  return words.split(' ').map((word) => [word, action])
}

/**
 * What an action word says, in any spelling: `ENTER_LONG`, `enter-long`, `enterLong` and `enter long` are one.
 * `undefined` for a word that is none: a route may have words of its own, and its rules match on the field.
 *
 * `buy` and `sell` alone are read as the opening of a position: what there is already, the word does not tell.
 */
export function actionWord(text: string): ActionWord | undefined {
  return text.length > 40 ? undefined : WORDS.get(text.toLowerCase().replace(/[-_. ]/g, ''))
}
