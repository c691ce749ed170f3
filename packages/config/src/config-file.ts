import { readFile, stat } from 'node:fs/promises'
import { basename, extname, isAbsolute, relative, resolve } from 'node:path'
import { pathToFileURL } from 'node:url'
import { BotbusError, messageOf } from '@botbus/core'
import { type Document, LineCounter, parseDocument } from 'yaml'

/** The names that are looked for, in the working directory. */
const FILE_NAMES: readonly string[] = ['yaml', 'yml', 'json', 'ts'].map((ending) => `botbus.config.${ending}`)

const MAX_BYTES = 1024 * 1024

export interface ConfigFile {
  readonly path: string
  /** The path for messages. */
  readonly name: string
  readonly content: unknown
}

/** Reads `file`, or the one config file in `cwd`; undefined when there is none. Throws `INVALID_ARGUMENT`. */
export async function readConfigFile(file: string | undefined, cwd: string): Promise<ConfigFile | undefined> {
  const path = file === undefined ? await findConfigFile(cwd) : resolve(cwd, file)
  if (path === undefined) return undefined
  const name = shortName(path, cwd)
  const ending = extname(path)
  if (ending === '.ts') return { path, name, content: await importTypeScript(path, name) }
  if (ending === '.yaml' || ending === '.yml' || ending === '.json') {
    return { path, name, content: parse(await readText(path, name), name) }
  }
  throw new BotbusError(
    'INVALID_ARGUMENT',
    `${name} is no config file; accepted: names that end in .yaml, .yml, .json or .ts`,
  )
}

/** Reads a small text file. Throws `INVALID_ARGUMENT` that names it. */
export async function readText(path: string, name: string): Promise<string> {
  try {
    const { size } = await stat(path)
    if (size <= MAX_BYTES) return await readFile(path, 'utf8')
  } catch (cause) {
    throw new BotbusError('INVALID_ARGUMENT', `${name} cannot be read: ${messageOf(cause)}`, { cause })
  }
  throw new BotbusError('INVALID_ARGUMENT', `${name} is larger than ${MAX_BYTES} bytes`)
}

async function findConfigFile(cwd: string): Promise<string | undefined> {
  const exist = await Promise.all(FILE_NAMES.map((name) => isFile(resolve(cwd, name))))
  const found = FILE_NAMES.filter((_, index) => exist[index])
  if (found.length > 1) {
    throw new BotbusError(
      'INVALID_ARGUMENT',
      `${found.join(' and ')} are in ${cwd}: keep one of them, or name the one to use`,
    )
  }
  return found[0] === undefined ? undefined : resolve(cwd, found[0])
}

async function isFile(path: string): Promise<boolean> {
  const entry = await stat(path).catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT' || error.code === 'ENOTDIR') return undefined
    throw new BotbusError('INVALID_ARGUMENT', `${path} cannot be read: ${error.message}`, { cause: error })
  })
  return entry?.isFile() ?? false
}

/** JSON is read as YAML, of which it is a part. Messages give the place, never the text: it may hold a secret. */
function parse(text: string, name: string): unknown {
  const lines = new LineCounter()
  const document = parseDocument(text, { lineCounter: lines, prettyErrors: false })
  const [error] = document.errors
  if (!error) return toValues(document, name)
  const { line, col } = lines.linePos(error.pos[0])
  throw new BotbusError('INVALID_ARGUMENT', `${name}:${line}:${col} cannot be read: ${error.code}`)
}

function toValues(document: Document.Parsed, name: string): unknown {
  try {
    return document.toJS({ maxAliasCount: 100 })
  } catch (cause) {
    throw new BotbusError('INVALID_ARGUMENT', `${name} cannot be read: an alias that is wrong, or too many of them`, {
      cause,
    })
  }
}

async function importTypeScript(path: string, name: string): Promise<unknown> {
  if (!(await isFile(path))) throw new BotbusError('INVALID_ARGUMENT', `${name} cannot be read: there is no such file`)
  if (!process.features.typescript) {
    throw new BotbusError(
      'INVALID_ARGUMENT',
      `${name} is TypeScript, which Node ${process.versions.node} does not run by itself: use Node 22.18 or later, ` +
        `or write ${basename(name, '.ts')}.yaml`,
    )
  }
  let module: { default?: unknown }
  try {
    // A module is read once for each address: with the time of its last change it is read again when it was changed.
    const { mtimeMs } = await stat(path)
    module = await import(/* @vite-ignore */ `${pathToFileURL(path).href}#${Math.trunc(mtimeMs)}`)
  } catch (cause) {
    throw new BotbusError('INVALID_ARGUMENT', `${name} cannot be loaded: ${messageOf(cause)}`, { cause })
  }
  if (module.default === undefined) {
    throw new BotbusError('INVALID_ARGUMENT', `${name} has no default export; expected: export default { broker: ... }`)
  }
  return module.default
}

function shortName(path: string, cwd: string): string {
  const short = relative(cwd, path)
  return short.startsWith('..') || isAbsolute(short) ? path : short
}
