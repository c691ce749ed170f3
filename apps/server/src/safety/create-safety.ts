import { BotbusError, messageOf } from '@botbus/core'
import type { HttpScope } from '@botbus/plugin'
import type { Accounts } from '@botbus/store'
import type { FastifyRequest } from 'fastify'
import { serializerCompiler, validatorCompiler } from 'fastify-type-provider-zod'
import { type SessionCookie, sessionCookie } from './cookie.ts'
import { isDirect } from './direct.ts'
import { refusalOf } from './errors.ts'
import { Gate } from './gate.ts'
import { guard } from './guard.ts'
import { HostList } from './hosts.ts'
import { Identifier } from './identify.ts'
import { readOnlyJson } from './json-body.ts'
import { MAX_API_BODY, MAX_AUTH_BODY, SESSION_ABSOLUTE, SESSION_IDLE } from './limits.ts'
import { assertMayListen, assertProxies } from './listen.ts'
import { Login } from './login.ts'
import { addLoginRoutes } from './login-routes.ts'
import { Passwords } from './passwords.ts'
import { NOT_FOUND, type Refusal, Refusals } from './refusal.ts'
import type { Safety, SafetyOptions } from './safety.ts'
import { SafetyAudit } from './safety-audit.ts'
import { hashOf, newSecret, SECRET_PREFIXES } from './secrets.ts'
import { Sessions } from './sessions.ts'
import { addTokenRoutes } from './token-routes.ts'
import { addUserRoutes } from './user-routes.ts'

const SETUP_FIRST: Refusal = {
  status: 409,
  code: 'SETUP_FIRST',
  reason: 'forbidden',
  message: 'make the first user before: POST /auth/setup with the set-up token that the server printed',
}

const UNREADABLE: Refusal = { status: 400, code: 'INVALID_PATH', reason: 'path', message: 'the path is malformed' }

/**
 * Reads whether there are users, and issues a set-up token if not. Rejects with `INVALID_ARGUMENT`, saying what to do, for an
 * address that other machines reach without TLS, and for a host that is none.
 */
export async function createSafety(options: SafetyOptions): Promise<Safety> {
  const { http, accounts, log, metrics, now = Date.now } = options
  const hosts = openHosts(http.hosts)
  assertProxies(http.behindProxy)
  const isSecure = http.tls !== undefined || http.behindProxy.length > 0
  const times = { idle: SESSION_IDLE, absolute: SESSION_ABSOLUTE, ...options.sessions }
  const refusals = new Refusals(metrics, log)
  // Also where a proxy stands in front, this machine may come in past it, without TLS.
  const cookieOf = ({ raw }: FastifyRequest): SessionCookie =>
    sessionCookie(http.tls !== undefined || !isDirect(raw, hosts), raw.socket.localPort)
  const sessions = new Sessions(accounts, cookieOf, times, now)
  const identifier = new Identifier(http, accounts, sessions, hosts, log)
  const gate = new Gate(http, identifier, sessions, refusals, now)
  const audit = new SafetyAudit(options.audit, now)
  const passwords = new Passwords()
  const login = new Login(accounts, sessions, passwords, audit, now)
  const setupToken = (await identifier.hasNoUsers()) ? await issueSetupToken(accounts) : undefined
  assertMayListen(http, setupToken !== undefined || !(await identifier.hasNoUsers()))

  const requireScope = (scope: HttpScope): void => {
    noStore(scope)
    scope.addHook('onRequest', gate.admit)
    readOnlyJson(scope, MAX_API_BODY)
    // A scope without prefix has the handler of the root.
    if (scope.prefix !== '') scope.setNotFoundHandler((_request, reply) => refusals.send(reply, NOT_FOUND))
  }
  const routes = (app: HttpScope): void => {
    app.register(
      async (scope: HttpScope) => {
        noStore(scope)
        readOnlyJson(scope, MAX_AUTH_BODY)
        scope.setValidatorCompiler(validatorCompiler)
        scope.setSerializerCompiler(serializerCompiler)
        scope.register(async (open: HttpScope) => addLoginRoutes(open, { gate, identifier, login, sessions, audit }))
        scope.register(async (closed: HttpScope) => {
          closed.addHook('onRequest', gate.admit)
          closed.addHook('onRequest', async (_request, reply) => {
            if (await identifier.hasNoUsers()) return refusals.send(reply, SETUP_FIRST)
          })
          addUserRoutes(closed, { accounts, audit, gate, login, passwords })
          addTokenRoutes(closed, accounts, audit, now)
        })
      },
      { prefix: '/auth' },
    )
  }
  return {
    setupToken,
    isOpen: await identifier.isOpen(),
    guardAll: (app) => guard(app, { http, isSecure, hosts, gate, refusals, log }),
    requireScope,
    routes,
    refuseUnreadable: (error, _request, reply) => {
      reply.headers({ 'cache-control': 'no-store', 'x-content-type-options': 'nosniff' })
      refusals.send(reply, refusalOf(error) ?? UNREADABLE)
    },
    countRefused: (reason) => refusals.count(reason),
  }
}

function noStore(scope: HttpScope): void {
  scope.addHook('onRequest', (_request, reply, done) => {
    reply.header('cache-control', 'no-store')
    done()
  })
}

async function issueSetupToken(accounts: Accounts): Promise<string | undefined> {
  const secret = newSecret(SECRET_PREFIXES.setup)
  try {
    await accounts.setSetupTokenHash(hashOf(secret))
    return secret
  } catch (error) {
    // Another server on the same database has got its first user just now.
    if (BotbusError.is(error) && error.code === 'INVALID_ARGUMENT') return undefined
    throw error
  }
}

function openHosts(hosts: readonly string[]): HostList {
  try {
    return new HostList(hosts)
  } catch (cause) {
    throw new BotbusError('INVALID_ARGUMENT', `http.hosts: ${messageOf(cause)}`, { cause })
  }
}
