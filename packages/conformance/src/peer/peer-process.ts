import type { Stage } from '../stage/stage.ts'
import type { ConformanceTarget } from '../subject.ts'
import { type PeerProcess, startChild } from './child.ts'
import type { PeerTask } from './messages.ts'

/** Resolves when it is connected and does its task. */
export async function startPeer(
  stage: Stage,
  task: Omit<PeerTask, 'module' | 'target'>,
  target: Partial<ConformanceTarget> = {},
): Promise<PeerProcess> {
  return startChild(stage, 'peer-main', task, target)
}
