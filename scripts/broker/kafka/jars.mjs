// Kafka's jars: the folder that BOTBUS_KAFKA names, or .tools/kafka-VERSION/, brought once from Maven Central.
import { existsSync, mkdirSync, readdirSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { lockName, withLock } from '../../bootstrap/lock.mjs'
import { tools } from '../../bootstrap/paths.mjs'
import { copyJars } from '../install/maven-jars.mjs'
import { prepareQuickStart } from './quick-start.mjs'

const version = '4.1.1'
// Kafka logs through slf4j 1.7; without a backend it says nothing, not even why it does not start.
const artifacts = [`org.apache.kafka:kafka_2.13:${version}`, 'org.slf4j:slf4j-simple:1.7.36']
const advice =
  'Kafka is missing. Make Maven reach Maven Central, or set BOTBUS_KAFKA to the folder of a Kafka 4 (it has libs/)'

/** Resolves with Kafka's folder; its jars are in `libs`. */
export async function findKafka(java) {
  const named = process.env.BOTBUS_KAFKA
  if (named) {
    if (!hasKafka(named)) throw new Error(`BOTBUS_KAFKA=${named} has no libs/kafka_2.13-*.jar`)
    return named
  }
  const folder = join(tools, `kafka-${version}`)
  if (!isComplete(folder)) {
    await withLock(lockName('kafka'), async () => {
      if (!isComplete(folder)) await bring(folder, java)
    })
  }
  return folder
}

const mark = (folder) => join(folder, 'complete')
const isComplete = (folder) => existsSync(mark(folder))

const hasKafka = (folder) => {
  const libs = join(folder, 'libs')
  return existsSync(libs) && readdirSync(libs).some((file) => /^kafka_2\.13-.*\.jar$/.test(file))
}

async function bring(folder, java) {
  console.error(`bringing Kafka ${version} into .tools/`)
  try {
    // An earlier attempt may have been interrupted. Nothing is moved at the end: the archive names the jars' places.
    rmSync(folder, { recursive: true, force: true })
    mkdirSync(folder, { recursive: true })
    await copyJars(artifacts, join(folder, 'libs'), java)
    await prepareQuickStart(folder, java)
    writeFileSync(mark(folder), '')
  } catch (error) {
    throw new Error(`${advice}\n\n${error.message}`, { cause: error })
  }
}
