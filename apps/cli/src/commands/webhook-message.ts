import { readFile } from 'node:fs/promises'
import { usage } from '../failure.ts'
import { isSecretKey } from '../redact.ts'

export interface TemplateOptions {
  template?: string
  message?: string
}

/** `"secret": "..."`, `secret=...`: a name and what it is. */
const ASSIGNMENT = /"?([\w.-]+)"?\s*[:=]\s*"?([^",;\s}]+)/g

/** The message to send; undefined for that of the simulator. Rejects for a secret on the command line, where others can read it. */
export async function readTemplate({ template, message }: TemplateOptions): Promise<string | undefined> {
  if (message !== undefined) {
    const named = Array.from(message.matchAll(ASSIGNMENT)).find(
      ([, key = '', value = '']) => isSecretKey(key) && !value.startsWith('{{'),
    )
    if (named) {
      throw usage(
        `--message has a secret (${named[1]}): everybody on this machine could read it; write {{secret}}, and name --secret-env or --secret-file`,
      )
    }
    return message
  }
  if (template === undefined) return undefined
  try {
    return (await readFile(template, 'utf8')).replace(/\r?\n$/, '')
  } catch (cause) {
    throw usage(`${template} cannot be read: ${cause instanceof Error ? cause.message : String(cause)}`)
  }
}
