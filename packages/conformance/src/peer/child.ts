import { type ChildProcess, fork } from 'node:child_process'
import { once } from 'node:events'
import type { Stage } from '../stage/stage.ts'
import type { ConformanceTarget } from '../subject.ts'
import type { PeerReport } from './messages.ts'

/** A process that runs the transport under test. */
export interface PeerProcess {
  /** What it has got so far. */
  readonly received: unknown[]
  /** SIGKILL; resolves when it is gone. */
  kill(): Promise<void>
  /** Tells it to close and resolves with its exit code when it has ended by itself. */
  close(): Promise<number | null>
}

/** This package's own modules, as they are published or, within its workspace, from their sources. */
const extension = import.meta.url.endsWith('.ts') ? '.ts' : '.js'

/**
 * Starts `./<script>` with the subject's module and its task; resolves when it is ready. It is killed when the test ends, at
 * the latest. Skips the test where no other process can have the transport.
 */
export async function startChild(
  stage: Stage,
  script: 'peer-main' | 'bot-main',
  task: object,
  target: Partial<ConformanceTarget>,
): Promise<PeerProcess> {
  const { peer } = stage.subject
  if (stage.broker.port === undefined) stage.skip('no other process can connect')
  if (!peer) stage.skip('the subject names no peer module')
  const child = forkModule(new URL(`./${script}${extension}`, import.meta.url))
  const exited = new Promise<number | null>((resolve) => child.once('exit', resolve))
  const kill = async (): Promise<void> => {
    child.kill('SIGKILL')
    await exited
  }
  stage.keep({ [Symbol.asyncDispose]: kill })
  const received: unknown[] = []
  child.on('message', (report: PeerReport) => {
    if (report.type === 'request' || report.type === 'message') received.push(report.data)
  })
  child.send({ ...task, module: peer.href, target: { url: stage.broker.url, ...target } })
  await readiness(child, exited)
  return {
    received,
    kill,
    close: async () => {
      child.send('close')
      return exited
    },
  }
}

/** It reads TypeScript and, from sources, the sources of its neighbours. */
function forkModule(module: URL): ChildProcess {
  const typescript = ['--experimental-strip-types', '--disable-warning=ExperimentalWarning']
  const execArgv = [...typescript, ...(extension === '.ts' ? ['--conditions=@botbus/source'] : [])]
  return fork(module, [], { execArgv, stdio: ['ignore', 'inherit', 'inherit', 'ipc'] })
}

async function readiness(child: ChildProcess, exited: Promise<number | null>): Promise<void> {
  const ended = exited.then((code): [PeerReport] => [{ type: 'failed', reason: `it ended with ${code}` }])
  const [report] = (await Promise.race([once(child, 'message'), ended])) as [PeerReport]
  if (report.type === 'failed') throw new Error(`the peer process did not connect: ${report.reason}`)
}
