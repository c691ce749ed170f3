import { readFile } from 'node:fs/promises'
import { text as readText } from 'node:stream/consumers'
import { usage } from '../failure.ts'
import { isSecretKey } from '../redact.ts'

/**
 * Reads `key=value` arguments. A value that is JSON is taken as such, anything else as text; `@FILE` and `@-`
 * take text from a file or standard input. Secrets are only taken from there, as others can read our arguments.
 */
export function readAssignments(
  assignments: readonly string[],
  stdin: NodeJS.ReadableStream = process.stdin,
): Promise<[key: string, value: unknown][]> {
  if (assignments.filter((assignment) => assignment.endsWith('=@-')).length > 1) {
    throw usage('only one value can come from standard input')
  }
  return Promise.all(assignments.map((assignment) => readAssignment(assignment, stdin)))
}

async function readAssignment(assignment: string, stdin: NodeJS.ReadableStream): Promise<[string, unknown]> {
  const split = assignment.indexOf('=')
  if (split < 1) throw usage(`"${assignment}" is not a setting: write key=value, such as bid_spread=0.5`)
  const key = assignment.slice(0, split)
  const value = assignment.slice(split + 1)
  if (value === '@-') return [key, withoutLastNewline(await readText(stdin))]
  if (value.startsWith('@')) return [key, withoutLastNewline(await readSetting(key, value.slice(1)))]
  if (isSecretKey(key) && value !== '') {
    throw usage(
      `${key} looks like a secret, and other users of this machine can read arguments. Write ${key}=@FILE, or ${key}=@- for standard input`,
    )
  }
  return [key, jsonOrText(value)]
}

async function readSetting(key: string, file: string): Promise<string> {
  try {
    return await readFile(file, 'utf8')
  } catch (cause) {
    const reason = cause instanceof Error ? cause.message : String(cause)
    throw usage(`cannot read the value of ${key}: ${reason}. A text that begins with @ is written ${key}='"@text"'`)
  }
}

function withoutLastNewline(text: string): string {
  return text.replace(/\r?\n$/, '')
}

function jsonOrText(value: string): unknown {
  try {
    return JSON.parse(value)
  } catch {
    return value
  }
}
