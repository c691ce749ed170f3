import { loadConfig } from '@botbus/config'
import type { Executions } from '@botbus/plugin'
import { startServer } from '@botbus/server'
import { openStore, type Store } from '@botbus/store'

/**
 * The server, killed at the moment that its second argument names. Prints its URL when it listens. Arguments: the configuration as
 * JSON, then `never`, `before-begin`, `after-begin` or `before-end`.
 */
const [, , text = '{}', moment = 'never'] = process.argv
const { store: file, ...overrides } = JSON.parse(text) as { store: string }

/** Nothing runs after this: not a handler, not a flush. */
function die(): Promise<never> {
  process.kill(process.pid, 'SIGKILL')
  return new Promise(() => undefined)
}

function dyingJournal(executions: Executions): Executions {
  return {
    ...executions,
    async begin(id) {
      if (moment === 'before-begin') await die()
      await executions.begin(id)
      if (moment === 'after-begin') await die()
    },
    async end(id, result) {
      if (moment === 'before-end') await die()
      await executions.end(id, result)
    },
  }
}

const store = await openStore(file)
const dying: Store = {
  ...store,
  forPlugin(name) {
    const plugin = store.forPlugin(name)
    return { ...plugin, executions: dyingJournal(plugin.executions) }
  },
}
const config = await loadConfig({ env: {}, overrides })
const server = await startServer(config, { store: dying })
process.stdout.write(`listening ${server.url}\n`)
process.once('SIGTERM', () => void server.close().then(() => store.close()))
