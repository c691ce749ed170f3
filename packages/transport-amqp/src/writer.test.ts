import { BotbusError } from '@botbus/core'
import type { Channel } from 'amqplib'
import { expect, it } from 'vitest'
import type { Connection } from './connection.ts'
import { Writer } from './writer.ts'

const channel: object = { ch: 1 }
const outbox = { hasRoom: true, push: () => undefined }
const refused = new Error('refused')
const write = (connection: object): Promise<void> =>
  new Writer(connection as Connection).write(channel as Channel, { exchange: '', key: 'key' }, '')

it('writes nothing on a channel that the broker has closed', async () => {
  const connection = { down: undefined, blocked: undefined, outbox, refusalOf: () => refused }
  await expect(write(connection)).rejects.toMatchObject({ code: 'NOT_CONNECTED', outcome: 'not_sent', cause: refused })
})

it('writes nothing on a link that is down', async () => {
  const down = new BotbusError('NOT_CONNECTED', 'gone')
  const connection = { down, blocked: undefined, outbox, refusalOf: () => undefined }
  await expect(write(connection)).rejects.toMatchObject({ code: 'NOT_CONNECTED', outcome: 'not_sent', message: 'gone' })
})
