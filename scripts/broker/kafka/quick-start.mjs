// Done once after Kafka was brought: an archive of its loaded classes halves the time of each start, and an empty storage
// to copy saves a second program.
import { spawn } from 'node:child_process'
import { cpSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { answers, freePort } from '../process/ports.mjs'
import { archiveOf, emptyStorageOf, formatStorage, serverArguments } from './program.mjs'
import { serverProperties } from './properties.mjs'
import { isKafkaReady } from './ready.mjs'

const startTimeout = 60_000

export async function prepareQuickStart(kafka, java) {
  const folder = mkdtempSync(join(tmpdir(), 'botbus-kafka-first-'))
  try {
    const ports = { client: await freePort(), internal: await freePort(), controller: await freePort() }
    const file = join(folder, 'server.properties')
    writeFileSync(file, serverProperties({ folder, ports, options: {} }))
    await formatStorage(kafka, java, file)
    cpSync(join(folder, 'data'), emptyStorageOf(kafka), { recursive: true })
    await archiveClasses(kafka, java, file, ports.internal)
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
}

async function archiveClasses(kafka, java, file, port) {
  const args = serverArguments(kafka, file, [
    `-XX:ArchiveClassesAtExit=${archiveOf(kafka)}`,
    '-Xlog:cds=off',
    '-Xlog:cds+dynamic=off',
  ])
  const child = spawn(java.path, args, { env: { ...process.env, ...java.env }, stdio: 'ignore' })
  const stop = () => child.kill('SIGKILL')
  process.on('exit', stop)
  let failure
  const ended = new Promise((resolve) => {
    const end = (reason) => {
      failure = reason
      resolve()
    }
    child.once('error', (error) => end(error.message))
    child.once('exit', (code) => end(`Kafka ended with code ${code}`))
  })
  try {
    await answers(
      port,
      startTimeout,
      () => failure,
      () => isKafkaReady(`kafka://127.0.0.1:${port}`),
    )
    child.kill('SIGTERM')
    await ended
  } finally {
    stop()
    process.off('exit', stop)
  }
}
