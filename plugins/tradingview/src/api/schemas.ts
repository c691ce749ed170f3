import type { JsonValue } from '@botbus/plugin'
import { z } from 'zod'
import { STYLES } from '../generate/styles.ts'

// Named, as the document of the API cannot show a schema that holds itself otherwise.
export const anyJson = z.json().meta({ id: 'Json' }) as unknown as z.ZodType<JsonValue>

export const errorAnswer = z.object({ error: z.object({ code: z.string(), message: z.string() }) })

export const page = z.object({
  limit: z.coerce.number().int().min(1).max(1_000).default(100),
  before: z.string().min(1).max(100).optional().describe('only those older than the one with this id'),
  route: z.string().min(1).max(64).optional(),
})

export const letterPage = page.extend({ code: z.string().min(1).max(40).optional() })

export const routeView = z.object({
  name: z.string(),
  enabled: z.boolean(),
  dryRun: z.boolean(),
  format: z.string(),
  dropIn: z.string().optional(),
  unavailable: z.string(),
  rules: z.array(z.string()),
})

const executionView = z.object({
  id: z.string(),
  target: z.string(),
  operation: z.string(),
  status: z.string(),
  payload: anyJson,
  expiresAt: z.number(),
  sentAt: z.number().optional(),
  endedAt: z.number().optional(),
  reply: anyJson.optional(),
  reason: z.string().optional(),
})

export const alertView = z.object({
  id: z.string(),
  route: z.string(),
  receivedAt: z.number().describe('milliseconds since 1970'),
  sender: z.string(),
  content: anyJson,
  executions: z.array(executionView),
})

export const letterView = z.object({
  id: z.string(),
  route: z.string(),
  receivedAt: z.number(),
  sender: z.string(),
  code: z.string(),
  reason: z.string(),
  content: anyJson,
  cause: z.string().optional(),
  execution: z.string().optional(),
  replayedAs: z.string().optional(),
  replayedAt: z.number().optional(),
})

export const replayView = z.object({ results: z.array(anyJson) })

export const question = z.object({
  route: z.string().min(1).max(64),
  body: z.string().max(1_048_576).describe('as TradingView would send it'),
})

export const order = z.object({
  route: z.string().min(1).max(64),
  base: z
    .url({ protocol: /^https?$/ })
    .max(500)
    .describe('where the server is reached: https://bots.example.org'),
  kind: z.enum(['strategy', 'indicator']).optional(),
  style: z.enum(STYLES).optional(),
  action: z.string().max(40).optional(),
  amount: z.string().max(60).optional(),
})

export const generated = z.object({
  url: z.string(),
  message: z.string(),
  pine: z.string(),
  notes: z.array(z.string()),
})
