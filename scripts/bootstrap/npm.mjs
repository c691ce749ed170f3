// Brings one package from the npm registry into a folder of its own, named by its version.
import { existsSync, mkdirSync, mkdtempSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { tools } from './paths.mjs'
import { runQuietly } from './progress.mjs'

/** Returns the package's folder; calls `install` (wrapped by `around`, for progress) only when it is not there. */
export async function bringPackage(name, version, around) {
  const home = homeOf(name, version)
  if (!existsSync(home)) await around(() => install(name, version, home))
  return packageFolder(name, version)
}

/** Where `bringPackage` puts it. */
export function packageFolder(name, version) {
  return join(homeOf(name, version), 'node_modules', name)
}

function homeOf(name, version) {
  return join(tools, `${name}-${version}`)
}

async function install(name, version, home) {
  mkdirSync(tools, { recursive: true })
  const temporary = mkdtempSync(join(tools, 'incoming-'))
  try {
    // npm puts packages beside the nearest package.json; this one keeps them here.
    writeFileSync(join(temporary, 'package.json'), '{ "private": true }\n')
    const flags = ['--no-save', '--no-audit', '--no-fund', '--no-package-lock', '--loglevel=error']
    const [command, ...before] = npm()
    await runQuietly(command, [...before, 'install', ...flags, `${name}@${version}`], {
      cwd: temporary,
      env: cleanEnvironment(temporary),
    })
    renameSync(temporary, home)
  } finally {
    rmSync(temporary, { recursive: true, force: true })
  }
}

/** The npm that runs us, or the one on PATH. */
function npm() {
  const running = process.env.npm_execpath ?? ''
  return /npm-cli\.c?js$/.test(running) ? [process.execPath, running] : ['npm']
}

/** Under `npm run`, npm tells its children where it works; the inner npm works elsewhere. */
function cleanEnvironment(folder) {
  const entries = Object.entries(process.env).filter(
    ([key]) => !/^npm_(config_(local_)?prefix|package_|lifecycle_)/.test(key),
  )
  return { ...Object.fromEntries(entries), INIT_CWD: folder }
}
