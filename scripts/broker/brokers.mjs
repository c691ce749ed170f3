// Which test brokers there are, and how each comes up: a given URL, what runs already, docker, a native process.

import { startContainer, stopContainer } from './docker.mjs'
import { kafka } from './kafka/entry.mjs'
import { mqtt } from './mosquitto/entry.mjs'
import { stopProcess } from './process/processes.mjs'
import { amqp } from './rabbitmq/entry.mjs'
import { redis } from './redis/entry.mjs'
import { readState, writeState } from './state.mjs'

/**
 * One file per broker, each with the same shape: `name`, `variable` (what tests read), `service` and `port` (in compose.yaml),
 * `url(port)`, `answers(url)` and `startNatively()`, which resolves with `{ url, pid, folder }` of a process that outlives us.
 */
const brokers = [mqtt, amqp, redis, kafka]

/**
 * Idempotent: what is up already stays as it is. Resolves when all answer; `isNew` marks those that this call started.
 * When one fails, those are stopped again.
 */
export async function startBrokers() {
  const outcomes = await Promise.allSettled(
    brokers.map(async (broker) => ({ name: broker.name, variable: broker.variable, ...(await bringUp(broker)) })),
  )
  const started = outcomes.flatMap(({ value }) => value ?? [])
  const problems = outcomes.flatMap(({ reason }) => reason ?? [])
  if (problems.length === 0) return started
  await stopBrokers(started.filter(({ isNew }) => isNew).map(({ name }) => name))
  throw new AggregateError(problems, problems.map(({ message }) => message).join('\n\n'))
}

/** Stops what `startBrokers` has started; brokers given by URL stay. Default: all of them. */
export async function stopBrokers(names = brokers.map(({ name }) => name)) {
  const state = readState()
  const known = Object.entries(state).filter(([name]) => names.includes(name))
  await Promise.all(
    known.map(async ([name, entry]) => {
      console.error(`brokers: stopping ${name}`)
      await takeDown(entry)
      const { [name]: _, ...others } = readState()
      writeState(others)
    }),
  )
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
