// The Python of the interop tests: a virtual environment with scripts/requirements.txt, made once and kept under .tools/.
import { createHash } from 'node:crypto'
import { existsSync, globSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { lockName, withLock } from './bootstrap/lock.mjs'
import { tools } from './bootstrap/paths.mjs'
import { bringDebianPackage, installDebianPackages } from './broker/install/debian.mjs'
import { run } from './run.mjs'

const requirements = fileURLToPath(new URL('requirements.txt', import.meta.url))
const oldest = [3, 9]
const advice = `The interop tests need Python ${oldest.join('.')} or later with its venv module. Run: sudo apt-get install python3 python3-venv`

/** Resolves with the path of a Python that has the requirements. */
export async function ensurePython() {
  const hash = createHash('sha256').update(readFileSync(requirements)).digest('hex').slice(0, 12)
  const folder = join(tools, `venv-${hash}`)
  const python = join(folder, 'bin', 'python')
  const complete = join(folder, 'complete')
  if (existsSync(complete)) return python
  return withLock(lockName('python'), async () => {
    if (!existsSync(complete)) {
      rmSync(folder, { recursive: true, force: true })
      await make(folder, python)
      writeFileSync(complete, '')
    }
    return python
  })
}

async function make(folder, python) {
  const base = await findPython()
  console.error(`python: making a virtual environment with ${readRequirements().join(', ')}`)
  const pip = await makeEnvironment(base, folder)
  const options = ['--disable-pip-version-check', '--no-input', '--quiet', '--requirement', requirements]
  try {
    await run(python, [...pip, 'install', ...options], { timeout: 300_000 })
  } catch (error) {
    throw new Error(
      `${error.message}\n\nCheck that this machine reaches the Python package index (pip download commlib-py).`,
      { cause: error },
    )
  }
}

/** Resolves with the arguments that run pip. Debian keeps the one of new environments in a package of its own. */
async function makeEnvironment(base, folder) {
  if (await succeeds(base, 'import ensurepip')) {
    await run(base, ['-m', 'venv', folder])
    return ['-m', 'pip']
  }
  await run(base, ['-m', 'venv', '--without-pip', folder])
  const wheels = join((await bringDebianPackage('python3-pip-whl')).folder, 'usr', 'share', 'python-wheels')
  const [wheel] = globSync('pip-*.whl', { cwd: wheels })
  if (!wheel) throw new Error(advice)
  return [join(wheels, wheel, 'pip')]
}

async function findPython() {
  if (await isFitting('python3')) return 'python3'
  try {
    await installDebianPackages(['python3', 'python3-venv'])
  } catch (error) {
    throw new Error(`${advice}\n\n${error.message}`, { cause: error })
  }
  if (await isFitting('python3')) return 'python3'
  throw new Error(advice)
}

function isFitting(python) {
  return succeeds(python, `import venv, sys; sys.exit(sys.version_info < (${oldest.join(', ')}))`)
}

function succeeds(python, program) {
  return run(python, ['-c', program]).then(
    () => true,
    () => false,
  )
}

function readRequirements() {
  const lines = readFileSync(requirements, 'utf8').split('\n')
  return lines.filter((line) => line !== '' && !line.startsWith('#'))
}
