// Which test brokers there are, and how each comes up: a given URL, what runs already, docker, a native process.
import { startContainer, stopContainer } from './docker.mjs'
import { mqtt } from './mqtt.mjs'
import { stopProcess } from './processes.mjs'
import { readState, writeState } from './state.mjs'

/**
 * One file per broker, each with the same shape: `name`, `variable` (what tests read), `service` and `port` (in compose.yaml),
 * `url(port)`, `answers(url)` and `startNatively()`, which resolves with `{ url, pid, folder }` of a process that outlives us.
 */
const brokers = [mqtt]

/** Idempotent: what is up already stays as it is. Resolves when all answer; `isNew` marks those that this call started. */
export async function startBrokers() {
  const started = []
  for (const broker of brokers) {
    const entry = await bringUp(broker)
    started.push({ name: broker.name, variable: broker.variable, ...entry })
  }
  return started
}

/** Stops what `startBrokers` has started, in reverse order; brokers given by URL stay. Default: all of them. */
export async function stopBrokers(names = brokers.map(({ name }) => name)) {
  const state = readState()
  for (const broker of [...brokers].reverse()) {
    const entry = state[broker.name]
    if (!entry || !names.includes(broker.name)) continue
    console.error(`brokers: stopping ${broker.name}`)
    await takeDown(entry)
    delete state[broker.name]
    writeState(state)
  }
}

export async function brokerStatus() {
  const state = readState()
  return Promise.all(
    brokers.map(async (broker) => {
      const given = process.env[broker.variable]
      const entry = given ? { url: given, origin: 'given' } : state[broker.name]
      return { variable: broker.variable, ...entry, isUp: entry !== undefined && (await broker.answers(entry.url)) }
    }),
  )
}

async function bringUp(broker) {
  const given = process.env[broker.variable]
  if (given) {
    if (!(await broker.answers(given))) {
      throw new Error(
        `${broker.variable}=${given} does not answer; start it, or unset the variable to get a private one`,
      )
    }
    return { url: given, origin: 'given' }
  }
  const state = readState()
  const known = state[broker.name]
  if (known && (await broker.answers(known.url))) return known
  if (known) await takeDown(known)
  console.error(`brokers: starting ${broker.name}`)
  const entry = (await startContainer(broker)) ?? { origin: 'native', ...(await broker.startNatively()) }
  writeState({ ...readState(), [broker.name]: entry })
  console.error(`brokers: ${broker.name} answers on ${entry.url} (${entry.origin})`)
  return { ...entry, isNew: true }
}

async function takeDown(entry) {
  if (entry.origin === 'docker') await stopContainer(entry.project)
  else await stopProcess(entry.pid, entry.folder)
}
