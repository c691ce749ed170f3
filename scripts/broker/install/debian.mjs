// Debian packages without root: downloaded with what they need, and unpacked into .tools/ instead of installed.
import { existsSync, mkdirSync, mkdtempSync, readdirSync, renameSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { lockName, withLock } from '../../bootstrap/lock.mjs'
import { tools } from '../../bootstrap/paths.mjs'
import { run } from '../../run.mjs'
import { asRoot, withoutServices } from './root.mjs'

const timeout = 300_000

/** dpkg asks about configuration files that somebody has changed, even when nobody is there: keep them as they are. */
const unattended = ['--force-confdef', '--force-confold'].flatMap((option) => ['-o', `Dpkg::Options::=${option}`])

/** Resolves with the folder that holds the package's files, and the environment in which its programs find their libraries. */
export async function bringDebianPackage(name) {
  const folder = join(tools, `debian-${name}`)
  if (!existsSync(folder)) {
    await withLock(lockName(`debian-${name}`), async () => {
      if (!existsSync(folder)) await bring(name, folder)
    })
  }
  return { folder, env: { LD_LIBRARY_PATH: libraryFolders(folder).join(':') } }
}

/** The ordinary way, for root or where sudo asks nothing. Services of the packages do not start. */
export async function installDebianPackages(names) {
  const install = async () => {
    console.error(`installing with apt-get: ${names.join(' ')}`)
    await asRoot('apt-get', ['update', '--quiet'])
    await asRoot('apt-get', ['install', ...unattended, '--yes', '--quiet', '--no-install-recommends', ...names])
  }
  await withLock(lockName('debian-install'), () => withoutServices(install))
}

async function bring(name, folder) {
  console.error(`bringing the Debian package ${name} into .tools/`)
  mkdirSync(tools, { recursive: true })
  const temporary = mkdtempSync(join(tools, 'incoming-'))
  const archives = join(temporary, 'archives')
  const unpacked = join(temporary, 'unpacked')
  mkdirSync(join(archives, 'partial'), { recursive: true })
  mkdirSync(unpacked)
  try {
    await download(name, temporary, archives)
    const packages = readdirSync(archives).filter((file) => file.endsWith('.deb'))
    if (packages.length === 0) throw new Error(`apt-get downloaded nothing for ${name}`)
    for (const archive of packages) {
      await run('dpkg-deb', ['--extract', join(archives, archive), unpacked], { timeout })
    }
    renameSync(unpacked, folder)
  } finally {
    rmSync(temporary, { recursive: true, force: true })
  }
}

/** The package, also if it is installed, and those of its dependencies that this machine lacks. */
async function download(name, cache, archives) {
  const settings = [
    '-o',
    `Dir::Cache=${cache}`,
    '-o',
    `Dir::Cache::archives=${archives}`,
    '-o',
    'Debug::NoLocking=true',
  ]
  // apt would drop to a user who may not write here.
  settings.push('-o', 'APT::Sandbox::User=')
  const get = ['--yes', '--quiet', '--download-only', '--reinstall', '--no-install-recommends', 'install', name]
  try {
    await run('apt-get', [...settings, ...get], { timeout })
  } catch {
    // The machine's package lists are missing or out of date: use lists of our own.
    const lists = join(cache, 'lists')
    mkdirSync(join(lists, 'partial'), { recursive: true })
    const own = [...settings, '-o', `Dir::State::lists=${lists}`]
    await run('apt-get', [...own, '--quiet', 'update'], { timeout })
    await run('apt-get', [...own, ...get], { timeout })
  }
}

function libraryFolders(folder) {
  return ['usr/lib', 'lib']
    .map((path) => join(folder, path))
    .filter((path) => existsSync(path))
    .flatMap((path) => [
      path,
      ...readdirSync(path)
        .filter((entry) => entry.endsWith('-linux-gnu'))
        .map((entry) => join(path, entry)),
    ])
}
