import { cp, mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { execa } from 'execa'

const root = fileURLToPath(new URL('../..', import.meta.url))

export interface Finished {
  stdout: string
  stderr: string
  /** `undefined` when a signal ended it. */
  exitCode: number | undefined
}

export interface RunOptions {
  /** `undefined` removes a variable. */
  env?: Record<string, string | undefined>
  /** Whether this process's variables are there too. Default: true. */
  extendEnv?: boolean
}

/** The repository's scripts in a folder of their own, with a `.tools/` of their own: what runs here touches nothing there. */
export class ScriptsCopy implements AsyncDisposable {
  readonly folder: string

  private constructor(folder: string) {
    this.folder = folder
  }

  static async make(): Promise<ScriptsCopy> {
    const folder = await mkdtemp(join(tmpdir(), 'botbus-scripts-'))
    for (const path of ['scripts', 'package.json']) await cp(join(root, path), join(folder, path), { recursive: true })
    return new ScriptsCopy(folder)
  }

  /** Never rejects: the result says how it ended. */
  async run(program: string, args: string[], options: RunOptions = {}): Promise<Finished> {
    const { stdout, stderr, exitCode } = await execa(program, args, { cwd: this.folder, reject: false, ...options })
    return { stdout, stderr, exitCode }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await rm(this.folder, { recursive: true, force: true })
  }
}
