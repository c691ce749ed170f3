// How Kafka's Java programs are run, so that they start quickly and stay small.
import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { run } from '../../run.mjs'

const flags = ['-XX:TieredStopAtLevel=1', '-XX:+UseSerialGC', '-Xmx256m', '-Xshare:auto']

const logger = '-Dorg.slf4j.simpleLogger'
const logging = [
  `${logger}.showDateTime=true`,
  `${logger}.dateTimeFormat=HH:mm:ss.SSS`,
  // A start alone is a thousand lines of information.
  `${logger}.defaultLogLevel=warn`,
  `${logger}.log.kafka.server.KafkaRaftServer=info`,
]

/** Made by `prepareQuickStart`; another Java than the one that made it ignores it. */
export const archiveOf = (kafka) => join(kafka, 'classes.jsa')

/** The storage of a node that has never run: made by `prepareQuickStart`, to be copied. */
export const emptyStorageOf = (kafka) => join(kafka, 'empty-storage')

/** The arguments of java that run the server with that file of properties. */
export function serverArguments(kafka, properties, moreFlags = archiveFlags(kafka)) {
  return [...flags, ...moreFlags, ...javaArguments(kafka), 'kafka.Kafka', properties]
}

/** Makes the storage that the properties name ready for a first start. */
export async function formatStorage(kafka, java, properties, scramUsers = []) {
  const users = scramUsers.flatMap((user) => ['--add-scram', user])
  const tool = ['kafka.tools.StorageTool', 'format', '--cluster-id', 'botbusTestsAAAAAAAAAAA']
  await run(java.path, [...flags, ...javaArguments(kafka), ...tool, '--config', properties, ...users], {
    env: { ...process.env, ...java.env },
  })
}

function javaArguments(kafka) {
  return [...logging, '-cp', join(kafka, 'libs', '*')]
}

function archiveFlags(kafka) {
  // Its warnings are about classes that it leaves out.
  return existsSync(archiveOf(kafka))
    ? [`-XX:SharedArchiveFile=${archiveOf(kafka)}`, '-Xlog:cds=off', '-Xlog:cds+dynamic=off']
    : []
}
