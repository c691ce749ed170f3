import { BotbusError } from '../errors.ts'
import { assertTopic } from '../topics.ts'

/** Checks of a transport's options. All throw `INVALID_ARGUMENT` with the option's name; none shows a password. */
export class OptionChecks {
  readonly #transport: string

  /** `transport`: its name, for the messages. */
  constructor(transport: string) {
    this.#transport = transport
  }

  invalid(option: string, reason: string, cause?: unknown): BotbusError {
    const message = `${this.#transport} option "${option}" ${reason}`
    return new BotbusError('INVALID_ARGUMENT', message, cause === undefined ? {} : { cause })
  }

  oneOf<Value extends number | string | boolean>(option: string, value: Value, accepted: readonly Value[]): Value {
    if (accepted.includes(value)) return value
    throw this.invalid(option, `must be ${accepted.join(' or ')}, not ${value}`)
  }

  /** A whole number. */
  range(option: string, value: number, least: number, most: number): number {
    if (Number.isInteger(value) && value >= least && value <= most) return value
    throw this.invalid(option, `must be a whole number from ${least} to ${most}, not ${value}`)
  }

  /** A time in ms that a timer can hold. */
  duration(option: string, value: number): number {
    return this.range(option, value, 1, 2 ** 31 - 1)
  }

  topic(option: string, topic: string): string {
    try {
      assertTopic(topic)
    } catch (cause) {
      throw this.invalid(option, `holds an invalid topic: ${BotbusError.is(cause) ? cause.message : ''}`, cause)
    }
    return topic
  }
}
