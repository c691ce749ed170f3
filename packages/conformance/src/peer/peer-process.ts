import { type ChildProcess, fork } from 'node:child_process'
import { once } from 'node:events'
import type { Stage } from '../stage/stage.ts'
import type { ConformanceTarget } from '../subject.ts'
import type { PeerReport, PeerTask } from './messages.ts'

/** A process that runs the transport under test. */
export interface PeerProcess {
  /** What it has got so far. */
  readonly received: unknown[]
  /** SIGKILL; resolves when it is gone. */
  kill(): Promise<void>
  /** Tells it to close its bus and resolves with its exit code when it has ended by itself. */
  close(): Promise<number | null>
}

/** Resolves when it is connected and does its task. Killed when the test ends, at the latest. */
export async function startPeer(
  stage: Stage,
  task: Omit<PeerTask, 'module' | 'target'>,
  target: Partial<ConformanceTarget> = {},
): Promise<PeerProcess> {
  const { peer } = stage.subject
  if (!peer)
    stage.skip(stage.broker.port === undefined ? 'no other process can connect' : 'the subject names no peer module')
  const child = forkModule(new URL(`./main${extension}`, import.meta.url))
  const exited = new Promise<number | null>((resolve) => child.once('exit', resolve))
  stage.keep({
    async [Symbol.asyncDispose]() {
      child.kill('SIGKILL')
      await exited
    },
  })
  const received: unknown[] = []
  const ready = readyOf(child, exited, received)
  child.send({ ...task, module: peer.href, target: { url: stage.broker.url, ...target } } satisfies PeerTask)
  await ready
  return {
    received,
    kill: async () => {
      child.kill('SIGKILL')
      await exited
    },
    close: async () => {
      child.send('close')
      return exited
    },
  }
}

/** Of this package's own modules: from their sources, or as they are published. */
export const extension: string = import.meta.url.endsWith('.ts') ? '.ts' : '.js'

/** Starts a module of this package as a process that reads TypeScript and, from sources, the sources of its neighbours. */
export function forkModule(module: URL): ChildProcess {
  const typescript = ['--experimental-strip-types', '--disable-warning=ExperimentalWarning']
  const execArgv = [...typescript, ...(extension === '.ts' ? ['--conditions=@botbus/source'] : [])]
  return fork(module, [], { execArgv, stdio: ['ignore', 'inherit', 'inherit', 'ipc'] })
}

async function readyOf(child: ChildProcess, exited: Promise<unknown>, received: unknown[]): Promise<void> {
  child.on('message', (report: PeerReport) => {
    if (report.type === 'request' || report.type === 'message') received.push(report.data)
  })
  const first = (await Promise.race([once(child, 'message'), exited])) as [PeerReport] | number | null
  const report = Array.isArray(first) ? first[0] : { type: 'failed' as const, reason: `it ended with ${first}` }
  if (report.type === 'failed') throw new Error(`the peer process did not connect: ${report.reason}`)
}
