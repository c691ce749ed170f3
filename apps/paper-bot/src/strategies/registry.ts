import { BotbusError } from '@botbus/core'
import { z } from 'zod'
import { parseExchange } from '../exchange/known-exchanges.ts'
import { pair, readAs } from '../readers.ts'
import { PureMarketMaking, type PureMarketMakingConfig, pureMarketMakingFields } from './pure-market-making.ts'
import type { CommonConfig, Strategy } from './strategy.ts'
import { TrendFollower, type TrendFollowerConfig, trendFollowerFields } from './trend-follower.ts'

/** A kind of strategy: the keys of its files, and how a run of it is made. */
export interface StrategyKind {
  readonly name: string
  readonly fields: z.ZodRawShape
  /** Checks that keys fit each other; the text is the reason. */
  readonly refuse: (config: CommonConfig) => string | undefined
  readonly create: (config: CommonConfig) => Strategy<CommonConfig>
}

/** `readConfig` made each config with the `fields` of the same kind: that makes the narrowing below true. */
function kind<Config extends CommonConfig>(given: {
  name: string
  fields: z.ZodRawShape
  create: (config: Config) => Strategy<Config>
  refuse?: (config: Config) => string | undefined
}): StrategyKind {
  return {
    name: given.name,
    fields: given.fields,
    refuse: (config) => given.refuse?.(config as Config),
    create: (config) => given.create(config as Config) as Strategy<CommonConfig>,
  }
}

export const STRATEGY_KINDS: readonly StrategyKind[] = [
  kind<PureMarketMakingConfig>({
    name: 'pure_market_making',
    fields: pureMarketMakingFields,
    create: (config) => new PureMarketMaking(config),
  }),
  kind<TrendFollowerConfig>({
    name: 'trend_follower',
    fields: trendFollowerFields,
    create: (config) => new TrendFollower(config),
    refuse: ({ fast_period, slow_period }) =>
      fast_period < slow_period
        ? undefined
        : `fast_period: must be less than slow_period (${slow_period}), found ${fast_period}`,
  }),
]

export function findKind(name: string): StrategyKind | undefined {
  return STRATEGY_KINDS.find((each) => each.name === name)
}

/** Every key of a kind's files except `strategy`, with its reader. */
export function fieldsOf(strategy: StrategyKind, defaultMarket: string, alsoKnown?: string): Record<string, z.ZodType> {
  const fields = {
    exchange: readAs((text) => parseExchange(text, alsoKnown)).default(alsoKnown ?? 'binance'),
    market: pair.prefault(defaultMarket),
    ...strategy.fields,
  }
  return fields as Record<string, z.ZodType>
}

/** Throws `INVALID_ARGUMENT` that names each wrong key. */
export function readConfig(
  strategy: StrategyKind,
  fields: Record<string, z.ZodType>,
  values: unknown,
  source: string,
): CommonConfig {
  const result = z.strictObject(fields).safeParse(values)
  if (!result.success) {
    const reasons = result.error.issues.map((issue) => `${issue.path.join('.') || source}: ${issue.message}`)
    throw new BotbusError(
      'INVALID_ARGUMENT',
      `${source} is not valid: ${reasons.join('; ')}. Keys are ${Object.keys(fields).join(', ')}.`,
    )
  }
  const config = result.data as unknown as CommonConfig
  const reason = strategy.refuse(config)
  if (reason) throw new BotbusError('INVALID_ARGUMENT', `${source} is not valid: ${reason}`)
  return config
}
