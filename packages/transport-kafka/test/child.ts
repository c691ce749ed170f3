// A process of its own, in the role that its first argument names. When told to `close`, it must end by itself.
import { connectBus } from '@botbus/core'
import { type KafkaOptions, kafka } from '../src/index.ts'

const [, , role = '', text = ''] = process.argv
const bus = await connectBus(kafka(JSON.parse(text) as KafkaOptions))
const say = (name: string, value?: unknown): void => void process.send?.({ name, value })

const roles: Record<string, () => Promise<unknown>> = {
  /** Does nothing, and tells at the end of each measurement what that cost. */
  idle: async () => {
    await bus.subscribe('child/#', () => undefined)
    await bus.serve('child/echo', (request) => request)
    await bus.call('child/echo', {})
  },
  /** Serves many addresses as a member of a group. */
  worker: () => bus.serve('+/work', () => process.pid, { group: 'workers' }),
}
await roles[role]?.()

process.on('message', (message) => {
  if (message === 'measure') {
    const before = process.cpuUsage()
    setTimeout(() => {
      const { user, system } = process.cpuUsage(before)
      say('measured', (user + system) / 1_000)
    }, 4_000)
  }
  if (message === 'close') {
    process.disconnect()
    void bus.close()
  }
})
say('up')
