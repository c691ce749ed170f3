import { botContract, type CommandName } from '@botbus/bridge'
import type { JsonObject, JsonValue } from '@botbus/plugin'
import type { z } from 'zod'
import { hasSlots } from './template.ts'

/** As `BotClient` sends them: an unknown field is an error, as a bot would ignore it silently. */
const REQUESTS: Readonly<Record<CommandName, z.ZodObject>> = strictRequests()

function strictRequests(): Record<CommandName, z.ZodObject> {
  const { commands } = botContract()
  const entries = Object.entries(commands).map(([name, { request }]) => [name, request.strict()])
  return Object.fromEntries(entries) as Record<CommandName, z.ZodObject>
}

/** What is wrong with the arguments of a command, or undefined. */
export function argumentsProblem(command: CommandName, given: JsonObject): string | undefined {
  const result = REQUESTS[command].safeParse(given)
  return result.success ? undefined : describe(command, result.error.issues)
}

/** The same at start, where templates are not filled in yet: what they stand for is checked with each alert. */
export function commandProblem(command: CommandName, given: JsonObject): string | undefined {
  const result = REQUESTS[command].safeParse(given)
  if (result.success) return undefined
  const issues = result.error.issues.filter(({ path }) => path.length === 0 || !holdsSlots(given, path))
  return issues.length === 0 ? undefined : describe(command, issues)
}

function holdsSlots(given: JsonObject, path: readonly PropertyKey[]): boolean {
  const [key] = path
  const value: JsonValue | undefined = typeof key === 'string' && Object.hasOwn(given, key) ? given[key] : undefined
  return value !== undefined && hasSlots(value)
}

function describe(command: CommandName, issues: readonly z.core.$ZodIssue[]): string {
  const known = Object.keys(REQUESTS[command].shape).join(', ')
  const reasons = issues.map(({ path, message }) => `${path.length > 0 ? `${path.join('.')}: ` : ''}${message}`)
  return `arguments of ${command}: ${reasons.join('; ')}; accepted: ${known}`
}
