import { BotbusError } from '@botbus/core'
import { z } from 'zod'
import { DEFAULT_NAMESPACE } from './contract/contract.ts'
import { boolean, integer } from './contract/lenient.ts'

const namespace = z
  .string()
  .transform((value) => value.replace(/[/.]$/, ''))
  .pipe(z.string().regex(/^[^+#\s/]+(\/[^+#\s/]+)*$/, 'must be levels joined by "/", without +, # and spaces'))

/** The original names, without their `mqtt_` prefix. */
export const switches = {
  /** The broker's address, where no broker URL is given. */
  host: z.string().min(1).default('localhost'),
  port: integer.pipe(z.int().min(1).max(65_535)).default(1883),
  username: z.string().default(''),
  password: z.string().default(''),
  ssl: boolean.default(false),
  /** The first level of every topic. One trailing `/` or `.` is cut. */
  namespace: namespace.default(DEFAULT_NAMESPACE),
  /** Forward log records to `log`. */
  logger: boolean.default(true),
  /** Forward notifications to `notify`. */
  notifier: boolean.default(true),
  /** Serve the commands. */
  commands: boolean.default(true),
  /** Forward events to `events`. */
  events: boolean.default(true),
  /** Listen on `external/event/#`. */
  external_events: boolean.default(true),
  /** Start the bridge together with the bot. For whoever starts the bot: a `Bridge` waits for its `start`. */
  autostart: boolean.default(true),
}

/** Drops the `mqtt_` prefix of the original names, and keys without a value. */
export function plainNames(value: unknown): unknown {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return value
  return Object.fromEntries(
    Object.entries(value)
      .filter(([, setting]) => setting !== null && setting !== undefined)
      .map(([name, setting]) => [name.replace(/^mqtt_/, ''), setting]),
  )
}

/** The switches of the original `mqtt_bridge` configuration, with or without their `mqtt_` prefix. */
export const bridgeSettings = z.preprocess(plainNames, z.strictObject(switches))
export type BridgeSettings = z.output<typeof bridgeSettings>

/** Completes settings; throws `INVALID_ARGUMENT` with the path of what is wrong. */
export function checkSettings(settings: Partial<BridgeSettings>): BridgeSettings {
  const result = bridgeSettings.safeParse(settings)
  if (result.success) return result.data
  const reasons = result.error.issues.map((issue) => [issue.path.join('.'), issue.message].filter(Boolean).join(': '))
  throw new BotbusError('INVALID_ARGUMENT', `bridge settings are invalid: ${reasons.join('; ')}`)
}
