// The programs that `npm start` runs, and how.
import { fileURLToPath } from 'node:url'

const CONDITION = '--conditions=@botbus/source'
/** True when we were started with the condition: then the sources run, without a build. */
const fromSource = process.execArgv.includes(CONDITION)
const root = fileURLToPath(new URL('../..', import.meta.url))

const config = await import(pathOf('packages/config', 'index'))
const { assertNoPassword, checkBrokerOptions } = config

/** The configuration of the repository's folder, as the programs below will read it. Rejects where they could not use it. */
export async function loadConfig({ overrides }) {
  if (overrides.broker !== undefined) assertNoPassword(overrides.broker)
  const loaded = await config.loadConfig({ cwd: root, overrides })
  // Else each bot would find out by itself.
  await checkBrokerOptions(loaded.broker)
  return loaded
}

export function server({ port, flag, demo }) {
  return program('server', 'apps/server', demo ? ['--demo'] : [], {
    ...brokerOf(flag),
    ...(port === undefined ? {} : { BOTBUS_PORT: String(port) }),
    ...(demo ? { BOTBUS_DEMO_SECRET: demo.secret } : {}),
  })
}

const MARKETS = [
  { name: 'alpha', pair: 'BTC-USDT', seed: 1 },
  { name: 'beta', pair: 'ETH-USDT', seed: 2 },
]

export function paperBots({ flag }) {
  return MARKETS.map(({ name, pair, seed }) => ({
    ...program(
      name,
      'apps/paper-bot',
      ['--id', name, '--start', '--strategy', 'conf_pure_mm_1', '--feed', 'simulated', '--pair', pair, '--seed', seed],
      brokerOf(flag),
    ),
    pair,
  }))
}

/** Undefined ones are left out: a URL in the environment must not meet the one of the flag. */
function brokerOf(flag) {
  return flag === undefined ? {} : { BOTBUS_BROKER: flag, BOTBUS_BROKER_URL: undefined }
}

function program(name, folder, args, environment) {
  return {
    name,
    args: [...(fromSource ? [CONDITION] : []), pathOf(folder, 'main'), ...args.map(String)],
    cwd: root,
    env: { ...process.env, ...environment },
  }
}

function pathOf(folder, entry) {
  return `${root}${folder}/${fromSource ? `src/${entry}.ts` : `dist/${entry}.js`}`
}
