// A process of its own on the transport under test: it is killed, or told to close and must then end by itself.
import { once } from 'node:events'
import { type Bus, connectBus, messageOf, type Transport } from '@botbus/core'
import type { ConformanceTarget } from '../subject.ts'
import type { PeerReport, PeerTask } from './messages.ts'

const tell = (report: PeerReport): void => void process.send?.(report)

async function perform(task: PeerTask): Promise<Bus> {
  const { transport } = (await import(task.module)) as { transport: (target: ConformanceTarget) => Transport }
  const bus = await connectBus(transport(task.target))
  if (task.serve) {
    const { address, group } = task.serve
    const handler = (data: unknown): unknown => {
      tell({ type: 'request', data })
      return data === 'hold' ? new Promise(() => undefined) : data
    }
    await bus.serve(address, handler, group === undefined ? {} : { group })
  }
  if (task.acknowledge) {
    const { pattern, group } = task.acknowledge
    const listener = ({ data }: { data: unknown }): Promise<never> => {
      tell({ type: 'message', data })
      return new Promise(() => undefined)
    }
    await bus.subscribe(pattern, listener, { group, atLeastOnce: true })
  }
  return bus
}

const [task] = (await once(process, 'message')) as [PeerTask]
try {
  const bus = await perform(task)
  // The next message, whatever it is, is the order to end.
  process.once('message', () => {
    process.disconnect()
    void bus.close({ grace: 0 })
  })
  tell({ type: 'ready' })
} catch (error) {
  tell({ type: 'failed', reason: messageOf(error) })
  process.disconnect()
}
