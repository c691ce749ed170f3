import { BotbusError, messageOf } from '@botbus/core'
import { parse as parseYaml } from 'yaml'
import { z } from 'zod'
import { DEFAULT_NAMESPACE } from './contract/contract.ts'
import { boolean, integer } from './contract/lenient.ts'

const namespace = z
  .string()
  .transform((value) => value.replace(/[/.]$/, ''))
  .pipe(z.string().regex(/^[^+#\s/]+(\/[^+#\s/]+)*$/, 'must be levels joined by "/", without +, # and spaces'))

const switches = {
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
  /** Start the bridge together with the bot. */
  autostart: boolean.default(true),
}

/** Drops the `mqtt_` prefix of the original names, and keys without a value. */
function plainNames(value: unknown): unknown {
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

/** A Hummingbot `conf_client.yml` as far as it concerns the bridge. Its other keys are ignored. */
const hummingbotConfig = z.looseObject({
  instance_id: z.coerce.string().min(1),
  mqtt_bridge: z.preprocess(plainNames, z.object({ ...switches, autostart: boolean.default(false) })).default({
    ...z.object(switches).parse({}),
    autostart: false,
  }),
})

/**
 * Reads the text of a Hummingbot `conf_client.yml`: the bot's id and its `mqtt_bridge` section, with Hummingbot's
 * defaults (`mqtt_autostart` is off there). Throws `INVALID_ARGUMENT` with the path of a wrong value.
 */
export function readHummingbotConfig(text: string): { id: string; settings: BridgeSettings } {
  let document: unknown
  try {
    document = parseYaml(text, { maxAliasCount: 100 })
  } catch (cause) {
    throw new BotbusError('INVALID_ARGUMENT', `the Hummingbot configuration is not YAML: ${messageOf(cause)}`, {
      cause,
    })
  }
  const result = hummingbotConfig.safeParse(document)
  if (!result.success) {
    const reasons = result.error.issues.map((issue) => `${issue.path.join('.') || '(file)'}: ${issue.message}`)
    throw new BotbusError('INVALID_ARGUMENT', `the Hummingbot configuration is invalid: ${reasons.join('; ')}`)
  }
  return { id: result.data.instance_id, settings: result.data.mqtt_bridge }
}
