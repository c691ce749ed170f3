import type { Channel } from 'amqplib'
import { expect, it } from 'vitest'
import type { Connection } from './connection.ts'
import { Writer } from './writer.ts'

it('a property that AMQP cannot hold is told from a closed channel', async () => {
  const writer = new Writer({ down: undefined, blocked: undefined } as Connection)
  const throwing = (error: Error): Channel =>
    ({
      publish() {
        throw error
      },
    }) as unknown as Channel
  const write = (error: Error): Promise<void> => writer.write(throwing(error), '', 'key', Buffer.from(''), {})
  await expect(write(new TypeError('wrong'))).rejects.toMatchObject({ code: 'INVALID_ARGUMENT', outcome: 'not_sent' })
  await expect(write(new Error('closed'))).rejects.toMatchObject({ code: 'NOT_CONNECTED', outcome: 'not_sent' })
})
