import type { AddressInfo } from 'node:net'
import { Writable } from 'node:stream'
import { openStore, type Store } from '@botbus/store'
import fastify, { type FastifyBaseLogger } from 'fastify'
import { serializerCompiler, validatorCompiler, type ZodTypeProvider } from 'fastify-type-provider-zod'
import { pino } from 'pino'
import { expect, onTestFinished } from 'vitest'
import { partLog } from '../src/log.ts'
import { createRegistry, scopeMetrics } from '../src/metrics.ts'
import { createSafety } from '../src/safety/create-safety.ts'
import { safeLogOptions } from '../src/safety/log-safety.ts'
import type { HttpExposure, Safety, SafetyOptions } from '../src/safety/safety.ts'
import { type Answer, type Attack, send } from './send.ts'
import { addVictims } from './victims.ts'

export const NAME = 'ada'
export const PASSWORD = 'correct horse battery'

export interface AttackedServer {
  readonly port: number
  /** What a browser sends as `Host`. */
  readonly host: string
  readonly safety: Safety
  readonly store: Store
  /** Routes that ran, with who ran them. */
  readonly effects: string[]
  /** Nobody may find it in the log. */
  hide(secret: string): string
  log(): string
  /** How often something was refused for that reason. */
  refused(reason: string): Promise<number>
  send(attack: Attack): Promise<Answer>
}

export interface AttackedOptions extends Pick<SafetyOptions, 'now' | 'sessions'> {
  readonly http?: Partial<HttpExposure>
  /** ms until a slow client is cut. */
  readonly slow?: number
  /** Default: one of its own, in memory. */
  readonly store?: Store
}

/** A server that listens on this machine, with routes of all scopes, whose log shows everything that it can. */
export async function attackedServer(options: AttackedOptions = {}): Promise<AttackedServer> {
  const { slow = 10_000, store = await openStore('sqlite::memory:') } = options
  const exposure = { host: '127.0.0.1', port: 0, hosts: [], behindProxy: [], ...options.http }
  const effects: string[] = []
  const { logger, lines } = loggerOf()
  const registry = createRegistry()
  const safety = await createSafety({
    ...options,
    http: exposure,
    accounts: store.accounts,
    audit: store.audit,
    log: partLog(logger, { part: 'server' }),
    metrics: scopeMetrics(registry, 'botbus_'),
  })
  const secrets = new Set([PASSWORD, ...(safety.setupToken === undefined ? [] : [safety.setupToken])])
  const app = fastify({
    loggerInstance: logger as FastifyBaseLogger,
    requestTimeout: slow,
    http: { headersTimeout: slow, requestTimeout: slow, connectionsCheckingInterval: 50 },
    trustProxy: [...exposure.behindProxy],
    frameworkErrors: safety.refuseUnreadable,
  }).withTypeProvider<ZodTypeProvider>()
  safety.guardAll(app)
  app.setValidatorCompiler(validatorCompiler)
  app.setSerializerCompiler(serializerCompiler)
  safety.routes(app)
  addVictims(app, safety, effects)
  await app.listen({ host: '127.0.0.1', port: 0 })
  const { port } = app.server.address() as AddressInfo
  onTestFinished(async () => {
    app.server.closeAllConnections()
    await app.close()
    if (options.store === undefined) await store.close()
    // Whatever the test did: nothing secret reaches the log.
    for (const secret of secrets) expect(lines.join('')).not.toContain(secret)
  })
  return {
    port,
    host: `127.0.0.1:${port}`,
    safety,
    store,
    effects,
    hide: (secret) => {
      secrets.add(secret)
      return secret
    },
    log: () => lines.join(''),
    refused: async (reason) => {
      const metric = await registry.getSingleMetric('botbus_http_refused_total')?.get()
      return metric?.values.find(({ labels }) => labels['reason'] === reason)?.value ?? 0
    },
    send: (attack) => send(port, attack),
  }
}

function loggerOf() {
  const lines: string[] = []
  const stream = new Writable({
    write(line, _encoding, done) {
      lines.push(String(line))
      done()
    },
  })
  return { logger: pino({ level: 'trace', ...safeLogOptions }, stream), lines }
}

/** The session's cookie that an answer sets, as a browser sends it back. */
export function cookieOf(server: AttackedServer, answer: Answer): string {
  const [cookie = ''] = [answer.headers['set-cookie']].flat()
  const pair = cookie.split(';', 1)[0] ?? ''
  server.hide(pair.slice(pair.indexOf('=') + 1))
  return pair
}

/** Makes the first user. Resolves to the headers of its browser. */
export async function setUp(server: AttackedServer): Promise<Record<string, string>> {
  const body = { token: server.safety.setupToken, name: NAME, password: PASSWORD }
  const answer = await server.send({ method: 'POST', path: '/auth/setup', body })
  expect(answer.status).toBe(201)
  return { cookie: cookieOf(server, answer), origin: `http://${server.host}`, 'sec-fetch-site': 'same-origin' }
}

/** Makes an API token. Resolves to the headers of the program that has it. */
export async function makeToken(
  server: AttackedServer,
  browser: Record<string, string>,
  token: Record<string, unknown>,
): Promise<{ authorization: string }> {
  const answer = await server.send({ method: 'POST', path: '/auth/tokens', headers: browser, body: token })
  expect(answer).toMatchObject({ status: 201, json: { token: expect.stringMatching(/^bbt_[\w-]{43}$/) } })
  const { token: text } = answer.json as { token: string }
  return { authorization: `Bearer ${server.hide(text)}` }
}
