import { once } from 'node:events'
import { type AddressInfo, connect, createServer } from 'node:net'
import type { BotbusError } from '@botbus/core'
import type { Redis } from 'ioredis'
import { expect, it, vi } from 'vitest'
import { Link } from './link.ts'

it('fails what is sent on a connection that has ended and not closed yet as not sent, for want of a connection', async () => {
  const server = createServer((socket) => socket.end()).listen(0, '127.0.0.1')
  await once(server, 'listening')
  const socket = connect((server.address() as AddressInfo).port, '127.0.0.1').resume()
  const sendCommand = vi.fn()
  const client = { on: () => undefined, sendCommand } as unknown as Redis
  const peer = { label: 'redis://127.0.0.1', host: '127.0.0.1', username: undefined }
  const link = new Link(client, socket, peer, { keepalive: 15, blocks: false })
  await once(socket, 'end')
  expect(link.down).toBeUndefined()
  const published = new Promise<BotbusError | undefined>((resolve) => link.publish('publish', 'a', 'b', resolve))
  const notSent = { code: 'NOT_CONNECTED', outcome: 'not_sent' }
  expect(await published).toMatchObject(notSent)
  await expect(link.command('publish', 'a', 'b')).rejects.toMatchObject(notSent)
  expect(sendCommand).not.toHaveBeenCalled()
  expect((await link.lost).code).toBe('NOT_CONNECTED')
  server.close()
})
