// Jars from Maven Central with Maven itself, so that the machine's settings (mirrors, proxies) are honoured.
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { run } from '../../run.mjs'
import { completeLinks } from '../kafka/links.mjs'
import { findProgram } from './debian-binary.mjs'

const timeout = 600_000
const plugin = 'org.apache.maven.plugins:maven-dependency-plugin:3.8.1'

/** Copies the artifacts, each `group:name:version`, and all that they need at run time into the folder. */
export async function copyJars(artifacts, folder, java) {
  const {
    path,
    env,
    folder: unpacked,
  } = await findProgram({
    name: 'mvn',
    variable: 'BOTBUS_MAVEN',
    package: 'maven',
    paths: ['usr/share/maven/bin/mvn'],
  })
  if (unpacked) await completeLinks(unpacked)
  const work = mkdtempSync(join(tmpdir(), 'botbus-maven-'))
  try {
    const file = join(work, 'pom.xml')
    writeFileSync(file, pom(artifacts))
    const goal = [`${plugin}:copy-dependencies`, '-DincludeScope=runtime', `-DoutputDirectory=${folder}`]
    await run(path, ['--batch-mode', '--quiet', '--file', file, ...goal], {
      timeout,
      env: { ...process.env, ...java.env, ...env, JAVA_HOME: java.home },
    })
  } finally {
    rmSync(work, { recursive: true, force: true })
  }
}

function pom(artifacts) {
  const dependencies = artifacts.map((artifact) => {
    const [group, name, version] = artifact.split(':')
    return `<dependency><groupId>${group}</groupId><artifactId>${name}</artifactId><version>${version}</version></dependency>`
  })
  return `<project xmlns="http://maven.apache.org/POM/4.0.0">
  <modelVersion>4.0.0</modelVersion>
  <groupId>botbus</groupId><artifactId>jars</artifactId><version>1</version>
  <dependencies>${dependencies.join('')}</dependencies>
</project>
`
}
