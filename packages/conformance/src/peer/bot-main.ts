// A bot in a process of its own: it is killed, or told to end.
import { once } from 'node:events'
import { Bridge } from '@botbus/bridge'
import { connectBus, messageOf, type Transport } from '@botbus/core'
import type { ConformanceTarget } from '../subject.ts'
import type { BotTask, PeerReport } from './messages.ts'

const tell = (report: PeerReport): void => void process.send?.(report)

const [task] = (await once(process, 'message')) as [BotTask]
try {
  const { transport } = (await import(task.module)) as { transport: (target: ConformanceTarget) => Transport }
  const bus = await connectBus(transport(task.target))
  const { id, heartbeatInterval } = task
  const bridge = new Bridge({ bus, bot: { status: () => 'fine' }, id, heartbeatInterval })
  await bridge.start()
  // The next message, whatever it is, is the order to end.
  process.once('message', () => {
    process.disconnect()
    void bridge.stop().then(() => bus.close())
  })
  tell({ type: 'ready' })
} catch (error) {
  tell({ type: 'failed', reason: messageOf(error) })
  process.disconnect()
}
