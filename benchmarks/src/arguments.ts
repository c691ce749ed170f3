import { Argument, Command, InvalidArgumentError } from 'commander'
import { BROKERS, type BrokerKind } from './contenders/contender.ts'
import { CONTENDERS } from './contenders/index.ts'
import type { PlanOptions } from './plan.ts'
import type { Work } from './work/work.ts'
import { WORKS } from './work/works.ts'

/** What the command line asks for; all of a kind when it names none. */
export interface Arguments extends PlanOptions {
  readonly brokers: readonly BrokerKind[]
  readonly works: readonly Work[]
  /** Names; empty for all. */
  readonly contenders: readonly string[]
  readonly json?: string
  readonly markdown?: string
}

const SHORT: Readonly<Record<string, readonly string[]>> = { rpc: ['reliability', 'sequential', 'concurrent'] }

/** What `--quick` does unless works are named: growth alone would take a minute. */
const QUICK_WORKS = WORKS.filter(({ name }) => name !== 'growth')

/** Throws `CommanderError` for `--help` and for what is not understood, which it has written to stderr. */
export function parseArguments(args: readonly string[]): Arguments {
  const words = [...BROKERS, ...Object.keys(SHORT), ...WORKS.map(({ name }) => name)]
  const names = CONTENDERS.map(({ name }) => name)
  const command = new Command('bench')
    .description(
      'Measures Botbus beside its peers. Tables go to stdout, progress to stderr. "bench webhooks" measures the server instead.',
    )
    .addArgument(new Argument('[words...]', `brokers and works: all unless named`).choices(words))
    .option('--quick', 'few and short rounds: within 5 minutes for everything but growth, which has to be named then')
    .option('--contender <names...>', `only these: ${names.join(', ')}`, (name, before: string[] = []) => {
      // `--contender ours mqtt`: no contender has the name of a broker or a work.
      if (!names.includes(name) && !words.includes(name))
        throw new InvalidArgumentError(`Allowed are ${names.join(', ')}.`)
      return [...before, name]
    })
    .option('--rounds <n>', 'rounds of each work', wholeNumber)
    .option('--seconds <s>', 'of one round', seconds)
    .option('--json <file>', 'writes all figures there')
    .option('--markdown <file>', 'writes the report there too')
    .showHelpAfterError('(--help shows what is accepted)')
    .exitOverride()
    .parse(args, { from: 'user' })
  const given = command.processedArgs[0] as readonly string[]
  const { contender = [], ...options } = command.opts<
    PlanOptions & { contender?: string[]; json?: string; markdown?: string }
  >()
  const asked = new Set([...given, ...contender].flatMap((word) => SHORT[word] ?? [word]))
  return {
    ...options,
    brokers: namedOf(BROKERS, BROKERS, (broker) => asked.has(broker)),
    works: namedOf(options.quick ? QUICK_WORKS : WORKS, WORKS, ({ name }) => asked.has(name)),
    contenders: contender.filter((name) => names.includes(name)),
  }
}

function namedOf<Item>(
  unnamed: readonly Item[],
  all: readonly Item[],
  isNamed: (item: Item) => boolean,
): readonly Item[] {
  const named = all.filter(isNamed)
  return named.length > 0 ? named : unnamed
}

function wholeNumber(text: string): number {
  const value = Number(text)
  if (!Number.isInteger(value) || value < 1) throw new InvalidArgumentError('Must be a whole number of at least 1.')
  return value
}

function seconds(text: string): number {
  const value = Number(text)
  if (!(value >= 0.01 && value < Number.POSITIVE_INFINITY)) {
    throw new InvalidArgumentError('Must be a number of at least 0.01.')
  }
  return value
}
