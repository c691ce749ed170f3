import { EventEmitter } from 'node:events'
import { expect, it } from 'vitest'
import { Consumers } from './consumers.ts'
import { server } from './services.ts'
import type { Session } from './session.ts'

it('hands nothing to a consumer whose channel the broker has closed meanwhile: its number is another one’s then', async () => {
  const receivers: unknown[] = []
  const refused = Object.assign(new Error('refused'), { code: 403 })
  const channel = Object.assign(new EventEmitter(), {
    assertQueue: () => Promise.resolve(),
    consume: () => Promise.resolve(),
    close: () => Promise.resolve(),
  })
  const connection = {
    openChannel: () => Promise.resolve(channel),
    reader: { receive: (closed: unknown) => receivers.push(closed) },
    refusalOf: () => refused,
  }
  const session: object = { connection, down: undefined }
  const consumers = new Consumers(() => undefined)
  const adding = consumers.add(
    session as Session,
    server('a/b', () => undefined),
  )
  await expect(adding).rejects.toMatchObject({ cause: refused })
  expect(receivers).toEqual([])
})
