// Test brokers as containers, where a docker engine with compose answers.
import { join } from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import { run } from '../run.mjs'

const composeFile = join(fileURLToPath(new URL('..', import.meta.url)), 'compose.yaml')
const readyTimeout = 30_000

/** Resolves with `undefined` when docker cannot serve; the caller has another way then. */
export async function startContainer(broker) {
  if (!(await hasDocker())) return undefined
  const project = `botbus-test-${process.pid}-${broker.name}`
  const compose = ['compose', '--project-name', project, '--file', composeFile]
  try {
    await run('docker', [...compose, 'up', '--detach', '--wait', broker.service], { timeout: 300_000 })
    const address = (await run('docker', [...compose, 'port', broker.service, String(broker.port)])).trim()
    const url = broker.url(address.split(':').at(-1))
    for (const deadline = Date.now() + readyTimeout; !(await broker.answers(url)); await delay(100)) {
      if (Date.now() > deadline) throw new Error(`${url} does not answer`)
    }
    return { url, origin: 'docker', project }
  } catch (error) {
    console.error(`brokers: docker could not start ${broker.service}, going on without it: ${error.message}`)
    await stopContainer(project)
    return undefined
  }
}

export async function stopContainer(project) {
  await run('docker', [
    'compose',
    '--project-name',
    project,
    '--file',
    composeFile,
    'down',
    '--volumes',
    '--timeout',
    '2',
  ])
}

async function hasDocker() {
  try {
    await run('docker', ['info', '--format', '{{.ServerVersion}}'], { timeout: 10_000 })
    await run('docker', ['compose', 'version'], { timeout: 10_000 })
    return true
  } catch {
    return false
  }
}
