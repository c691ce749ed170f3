import type { Stage } from '../stage/stage.ts'
import type { ConformanceTarget } from '../subject.ts'
import { type PeerProcess, startChild } from './child.ts'
import type { BotTask } from './messages.ts'

/** Resolves when the bot is online. Its status is `fine`. */
export async function startBotProcess(
  stage: Stage,
  task: Omit<BotTask, 'module' | 'target'>,
  target: Partial<ConformanceTarget>,
): Promise<PeerProcess> {
  return startChild(stage, 'bot-main', task, target)
}
