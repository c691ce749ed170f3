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

/** Throws `CommanderError` for `--help` and for what is not understood, which it has written to stderr. */
export function parseArguments(args: readonly string[]): Arguments {
  const words = [...BROKERS, ...Object.keys(SHORT), ...WORKS.map(({ name }) => name)]
  const names = CONTENDERS.map(({ name }) => name)
  const command = new Command('bench')
    .description('Measures Botbus beside its peers. Tables go to stdout, progress to stderr.')
    .addArgument(new Argument('[words...]', `brokers and works: all unless named`).choices(words))
    .option('--quick', 'few and short rounds: within 5 minutes for everything')
    .option('--contender <names...>', `only these: ${names.join(', ')}`, (name, before: string[] = []) => {
      if (!names.includes(name)) throw new InvalidArgumentError(`Allowed are ${names.join(', ')}.`)
      return [...before, name]
    })
    .option('--rounds <n>', 'rounds of each work', atLeast(1))
    .option('--seconds <s>', 'of one round', atLeast(0.01))
    .option('--json <file>', 'writes all figures there')
    .option('--markdown <file>', 'writes the report there too')
    .showHelpAfterError('(--help shows what is accepted)')
    .exitOverride()
    .parse(args, { from: 'user' })
  const given = command.processedArgs[0] as readonly string[]
  const { contender = [], ...options } = command.opts<
    PlanOptions & { contender?: string[]; json?: string; markdown?: string }
  >()
  const asked = new Set(given.flatMap((word) => SHORT[word] ?? [word]))
  return {
    ...options,
    brokers: namedOf(BROKERS, (broker) => asked.has(broker)),
    works: namedOf(WORKS, ({ name }) => asked.has(name)),
    contenders: contender,
  }
}

function namedOf<Item>(all: readonly Item[], isNamed: (item: Item) => boolean): readonly Item[] {
  const named = all.filter(isNamed)
  return named.length > 0 ? named : all
}

function atLeast(least: number): (text: string) => number {
  return (text) => {
    const value = Number(text)
    if (!(value >= least)) throw new InvalidArgumentError(`Must be a number of at least ${least}.`)
    return value
  }
}
