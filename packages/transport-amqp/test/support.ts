import type { BusOptions } from '@botbus/core'
import { type Channel, type ChannelModel, connect } from 'amqplib'
import { type RecordingBus, recordingBus } from '../../../tests/support/recording-bus.ts'
import { type AmqpOptions, amqp } from '../src/index.ts'

export { failure, nextState } from '../../../tests/support/recording-bus.ts'

/** A bus that records what it observes, and closes with its block. */
export function open(options: AmqpOptions, busOptions: BusOptions = {}): Promise<RecordingBus> {
  return recordingBus(amqp(options), busOptions)
}

export interface RawClient extends AsyncDisposable {
  readonly model: ChannelModel
  readonly channel: Channel
  /** Undefined when there is no queue of that name. */
  queue(name: string): Promise<{ messageCount: number; consumerCount: number } | undefined>
}

/** An AMQP client that is not ours. */
export async function openRaw(url: string): Promise<RawClient> {
  const model = await connect(url)
  return {
    model,
    channel: await model.createChannel(),
    async queue(name) {
      // The channel of a check that fails is closed.
      const channel = await model.createChannel()
      channel.on('error', () => undefined)
      try {
        const found = await channel.checkQueue(name)
        await channel.close()
        return found
      } catch {
        return undefined
      }
    },
    [Symbol.asyncDispose]: () => model.close(),
  }
}
