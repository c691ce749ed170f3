import { expect, it, vi } from 'vitest'
import { Channels } from './channels.ts'
import type { Link } from './link.ts'

it('a receiver that Redis has granted stays, when asking for it again is refused', async () => {
  const command = vi.fn().mockResolvedValueOnce(undefined).mockRejectedValueOnce(new Error('refused'))
  const channels = new Channels(() => ({ command }) as unknown as Link)
  const filter = { kind: 'subscribe', name: 'a' } as const
  const receiver = vi.fn()
  await channels.add(filter, receiver)
  await expect(channels.add(filter, receiver)).rejects.toThrow('refused')
  channels.receive('subscribe', 'a', 'a', Buffer.from('1'))
  expect(receiver).toHaveBeenCalledOnce()
})
