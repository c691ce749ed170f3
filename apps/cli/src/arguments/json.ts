import { text as readText } from 'node:stream/consumers'
import { usage } from '../failure.ts'

const HELP = 'Text needs quotes of its own: \'"text"\'.'

/** The value of a JSON argument; `-` reads it from standard input. */
export async function readJson(
  name: string,
  argument: string,
  stdin: NodeJS.ReadableStream = process.stdin,
): Promise<unknown> {
  const text = argument === '-' ? await readText(stdin) : argument
  try {
    return JSON.parse(text)
  } catch (cause) {
    const reason = cause instanceof Error ? cause.message : String(cause)
    throw usage(`${name} is not JSON: ${reason}. ${HELP}`)
  }
}

/** Like `readJson`, for what must be an object. */
export async function readJsonObject(name: string, argument: string): Promise<Record<string, unknown>> {
  const value = await readJson(name, argument)
  if (typeof value === 'object' && value !== null && !Array.isArray(value)) return value as Record<string, unknown>
  throw usage(`${name} must be a JSON object such as {"amount": 1}`)
}
