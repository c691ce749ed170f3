import { type ChildProcess, spawn } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { onTestFinished, vi } from 'vitest'
import { uniqueName } from '../../../tests/support/test-broker.ts'

const MAIN = fileURLToPath(new URL('../src/main.ts', import.meta.url))

/** That of the bots of one test file: others may use the broker at the same time. */
export const NAMESPACE: string = uniqueName('cli')

/** Node 22 needs the flag and warns about it; later versions ignore it. */
const FROM_SOURCE = [
  '--conditions=@botbus/source',
  '--experimental-strip-types',
  '--disable-warning=ExperimentalWarning',
]

export interface CliOptions {
  /** Value of `BOTBUS_BROKER`. */
  broker?: string
  env?: NodeJS.ProcessEnv
  cwd?: string
  /** Standard input; empty when left out. */
  input?: string
}

export interface CliResult {
  stdout: string
  /** Without progress: how much of it there is depends on how fast the machine is. */
  stderr: string
  exitCode: number | null
}

/** The real command line in a process of its own, run from its source. */
export class CliProcess {
  readonly child: ChildProcess
  readonly ended: Promise<CliResult>
  #stdout = ''
  #stderr = ''

  constructor(args: readonly string[], { broker, env = {}, cwd, input = '' }: CliOptions) {
    const inherited = Object.entries(process.env).filter(
      ([name]) => !/^(BOTBUS_|NODE_|VITEST|FORCE_COLOR|NO_COLOR)/.test(name),
    )
    this.child = spawn(process.execPath, [...FROM_SOURCE, MAIN, ...args], {
      cwd,
      env: {
        ...Object.fromEntries(inherited),
        BOTBUS_BRIDGE_NAMESPACE: NAMESPACE,
        ...(broker === undefined ? {} : { BOTBUS_BROKER: broker }),
        ...env,
      },
      stdio: 'pipe',
    })
    this.child.stdout?.setEncoding('utf8').on('data', (text: string) => {
      this.#stdout += text
    })
    this.child.stderr?.setEncoding('utf8').on('data', (text: string) => {
      this.#stderr += text
    })
    // A command that does not read its input may end before it was written.
    this.child.stdin?.on('error', (error: NodeJS.ErrnoException) => {
      if (error.code !== 'EPIPE') throw error
    })
    this.child.stdin?.end(input)
    this.ended = new Promise((resolve, reject) => {
      this.child.once('error', reject)
      this.child.once('close', (exitCode) =>
        resolve({ stdout: this.#stdout, stderr: withoutProgress(this.#stderr), exitCode }),
      )
    })
  }

  get stdout(): string {
    return this.#stdout
  }

  get stderr(): string {
    return this.#stderr
  }

  /** Resolves when standard output or standard error has shown `text`. */
  async shows(text: string | RegExp): Promise<void> {
    await vi.waitFor(
      () => {
        const shown = this.#stdout + this.#stderr
        if (typeof text === 'string' ? !shown.includes(text) : !text.test(shown))
          throw new Error(`not shown yet: ${text}\n${shown}`)
      },
      { timeout: 30_000, interval: 20 },
    )
  }

  kill(signal: NodeJS.Signals = 'SIGINT'): Promise<CliResult> {
    this.child.kill(signal)
    return this.ended
  }
}

function withoutProgress(text: string): string {
  return text.replace(/^.* … \d+ .*\n/gm, '')
}

/** A command that still runs when its test has ended, as it failed, is killed. */
export function startCli(args: readonly string[], options: CliOptions = {}): CliProcess {
  const command = new CliProcess(args, options)
  onTestFinished(() => void command.child.kill('SIGKILL'))
  return command
}

export function runCli(args: readonly string[], options: CliOptions = {}): Promise<CliResult> {
  return startCli(args, options).ended
}
