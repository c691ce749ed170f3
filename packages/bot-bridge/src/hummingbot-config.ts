import { BotbusError, messageOf } from '@botbus/core'
import { isScalar, parseDocument } from 'yaml'
import { z } from 'zod'
import { boolean } from './contract/lenient.ts'
import { type BridgeSettings, plainNames, switches } from './settings.ts'

const SECTION = 'mqtt_bridge'

/** A Hummingbot `conf_client.yml` as far as it concerns the bridge. Its other keys are ignored. */
const hummingbotConfig = z.looseObject({
  instance_id: z.string('must be a text').min(1, 'must not be empty'),
  [SECTION]: z.preprocess(
    (section) => plainNames(section ?? {}),
    z.object({ ...switches, autostart: boolean.default(false) }),
  ),
})

/**
 * Reads the text of a Hummingbot `conf_client.yml`: the bot's id and its `mqtt_bridge` section, with Hummingbot's
 * defaults (`mqtt_autostart` is off there). Throws `INVALID_ARGUMENT` with the path of a wrong value, and never with the value.
 */
export function readHummingbotConfig(text: string): { id: string; settings: BridgeSettings } {
  const document = parseYaml(text)
  const result = hummingbotConfig.safeParse(document)
  if (!result.success) {
    const reasons = result.error.issues.map(
      (issue) => `${originalPath(issue.path, document) || '(file)'}: ${issue.message}`,
    )
    throw new BotbusError('INVALID_ARGUMENT', `the Hummingbot configuration is invalid: ${reasons.join('; ')}`)
  }
  return { id: result.data.instance_id, settings: result.data[SECTION] }
}

function parseYaml(text: string): unknown {
  try {
    const document = parseDocument(text, { prettyErrors: false })
    const [error] = document.errors
    if (error) throw error
    const value: unknown = document.toJS({ maxAliasCount: 100 })
    // An id of digits is a text too: YAML would read 0012 as 12, and 1e9 as a thousand million.
    const id = isRecord(value) ? document.get('instance_id', true) : undefined
    return isRecord(value) && isScalar(id) && typeof id.value === 'number'
      ? { ...value, instance_id: id.source }
      : value
  } catch (cause) {
    throw new BotbusError('INVALID_ARGUMENT', `the Hummingbot configuration is not YAML: ${messageOf(cause)}`, {
      cause,
    })
  }
}

/** The path as it stands in the file: with `mqtt_`, if the file has it. */
function originalPath(path: readonly PropertyKey[], document: unknown): string {
  const section = isRecord(document) ? document[SECTION] : undefined
  return path
    .map((key, depth) => {
      const original = `mqtt_${String(key)}`
      return depth === 1 && isRecord(section) && original in section ? original : String(key)
    })
    .join('.')
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}
