import { BotbusError } from '@botbus/core'
import { sql } from 'kysely'
import { createAccounts } from './accounts/create-accounts.ts'
import { createAudit } from './audit/create-audit.ts'
import { accessTo, Scope } from './database/access.ts'
import type { Engine } from './database/engine.ts'
import { createIds } from './ids.ts'
import { assertMigrated, migrate } from './migrations/migrate.ts'
import { createDeadLetters } from './plugin/dead-letters.ts'
import { createExecutions } from './plugin/executions.ts'
import { createInbox } from './plugin/inbox.ts'
import { Retention } from './retention/retention.ts'
import type { ClosablePluginStore, Store, StoreOptions } from './store.ts'

const MOST_PENDING = 10_000
const PING_TIMEOUT = 5_000

/**
 * Opens the database, and brings its schema up to date. `url`: `sqlite:FILE` (`sqlite::memory:` for tests), or
 * `postgres://` / `postgresql://`. Rejects with `INVALID_ARGUMENT` for another URL, `UNSUPPORTED` when a newer program wrote the database,
 * and as the store's methods do when it cannot be used.
 */
export async function openStore(url: string, options: StoreOptions = {}): Promise<Store> {
  const { readOnly = false, maxPending = MOST_PENDING, onError = warn } = options
  if (!Number.isSafeInteger(maxPending) || maxPending < 1) {
    throw new BotbusError('INVALID_ARGUMENT', 'maxPending must be a whole number, at least 1')
  }
  const engine = await openEngine(url, options, onError)
  try {
    await (readOnly ? assertMigrated(engine) : migrate(engine))
    return storeOf(engine, { ...options, readOnly, maxPending, onError })
  } catch (error) {
    await engine.close()
    throw error
  }
}

/** Each library is loaded only where it is used. */
async function openEngine(url: string, options: StoreOptions, onError: (error: Error) => void): Promise<Engine> {
  if (url.startsWith('sqlite:')) {
    const { openSqlite } = await import('./sqlite/open-sqlite.ts')
    // sqlite:///var/lib/botbus.db is the same as sqlite:/var/lib/botbus.db
    return openSqlite(url.slice('sqlite:'.length).replace(/^\/\//, ''), options)
  }
  if (/^postgres(ql)?:\/\//.test(url)) {
    const { openPostgresql } = await import('./postgresql/open-postgresql.ts')
    return openPostgresql(url, onError)
  }
  const scheme = /^[a-z0-9+.-]{1,20}:/i.exec(url)?.[0] ?? 'no scheme'
  throw new BotbusError('INVALID_ARGUMENT', `the store's URL has ${scheme}: it must be sqlite:FILE or postgresql://...`)
}

type Settings = Required<Pick<StoreOptions, 'readOnly' | 'maxPending' | 'onError'>> & StoreOptions

function storeOf(engine: Engine, { readOnly, maxPending, retention = {}, onError }: Settings): Store {
  const access = new Scope(accessTo(engine, readOnly), 'the store')
  const nextId = createIds()
  const clearing = new Retention(access, readOnly ? { ...retention, interval: 0 } : retention, onError)
  let closing: Promise<void> | undefined

  const close = async (): Promise<void> => {
    clearing.stop()
    await access.close()
    await engine.close()
  }

  const store: Store = {
    forPlugin(name): ClosablePluginStore {
      if (name === '') throw new BotbusError('INVALID_ARGUMENT', 'a plugin needs a name')
      const scope = new Scope(access, `the store of plugin ${name}`)
      return {
        inbox: createInbox(scope, { plugin: name, maxPending, nextId }),
        executions: createExecutions(scope, name),
        deadLetters: createDeadLetters(scope, name, nextId),
        audit: createAudit(scope),
        close: () => scope.close(),
      }
    },
    accounts: createAccounts(access, nextId),
    audit: createAudit(access),
    ping: () => withTimeout(access.read(async (database) => void (await sql`select 1`.execute(database)))),
    close() {
      closing ??= close()
      return closing
    },
    [Symbol.asyncDispose]: () => store.close(),
  }
  return store
}

async function withTimeout(answer: Promise<void>): Promise<void> {
  let timer: NodeJS.Timeout | undefined
  const late = new Promise<never>((_resolve, reject) => {
    const error = new BotbusError('NOT_CONNECTED', `the database does not answer within ${PING_TIMEOUT / 1_000} s`)
    timer = setTimeout(() => reject(error), PING_TIMEOUT)
  })
  try {
    await Promise.race([answer, late])
  } finally {
    clearTimeout(timer)
  }
}

function warn(error: Error): void {
  process.emitWarning(error)
}
