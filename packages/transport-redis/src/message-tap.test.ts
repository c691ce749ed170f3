import { EventEmitter, once } from 'node:events'
import type { Socket } from 'node:net'
import { describe, expect, it } from 'vitest'
import { MessageTap } from './message-tap.ts'

const text = (value: string): string => `$${Buffer.byteLength(value)}\r\n${value}\r\n`
const push = (...values: string[]): string => `>${values.length}\r\n${values.map(text).join('')}`
const subscribed = `>3\r\n${text('ssubscribe')}${text('a.b')}:1\r\n`

const MESSAGES = [
  push('message', 'hbot.é', '{"a":"\\r\\n$7\r\n"}'),
  push('smessage', 'botbus#inbox:1', ''),
  push('pmessage', 'hbot.*.log', 'hbot.ü.log', 'ä'.repeat(300)),
]
const EXPECTED = [
  ['subscribe', 'hbot.é', 'hbot.é', '{"a":"\\r\\n$7\r\n"}'],
  ['ssubscribe', 'botbus#inbox:1', 'botbus#inbox:1', ''],
  ['psubscribe', 'hbot.*.log', 'hbot.ü.log', 'ä'.repeat(300)],
]

/** A socket whose `data` was read already, with what gets through to that reader. */
function tapped() {
  const socket = Object.assign(new EventEmitter(), { destroyed: undefined as unknown, destroy })
  function destroy(error: unknown): void {
    socket.destroyed = error
  }
  const passed: string[] = []
  socket.on('data', (chunk: Buffer) => passed.push(chunk.toString()))
  const messages: string[][] = []
  new MessageTap(socket as unknown as Socket, (kind, name, channel, payload) =>
    messages.push([kind, name, channel, payload.toString()]),
  )
  return { socket, passed, messages, receive: (bytes: Uint8Array) => socket.emit('data', Buffer.from(bytes)) }
}

describe('MessageTap', () => {
  it('reads messages of all kinds, and leaves everything else to the reader before it', () => {
    const { passed, messages, receive } = tapped()
    receive(Buffer.from(`${subscribed}${MESSAGES.join('')}+PONG\r\n${MESSAGES.join('')}-ERR no\r\n`))
    expect(messages).toEqual([...EXPECTED, ...EXPECTED])
    expect(passed).toEqual([subscribed, '+PONG\r\n', '-ERR no\r\n'])
  })

  it('goes on behind a message whose listener throws, and warns', async () => {
    const socket = new EventEmitter()
    socket.on('data', () => undefined)
    const heard: string[] = []
    new MessageTap(socket as unknown as Socket, (_kind, name) => {
      heard.push(name)
      throw new Error('no')
    })
    const warned = once(process, 'warning')
    socket.emit('data', Buffer.from(MESSAGES.join('')))
    expect(heard).toEqual(EXPECTED.map(([, name]) => name))
    expect(await warned).toMatchObject([{ name: 'BotbusWarning', message: 'a listener of messages failed: "no"' }])
  })

  it('reads them wherever the bytes are divided', () => {
    const bytes = Buffer.from(`${MESSAGES.join(subscribed)}+PONG\r\n`)
    for (const size of [1, 2, 3, 7, 19, 20, 64, 501]) {
      const { passed, messages, receive } = tapped()
      for (let start = 0; start < bytes.length; start += size) receive(bytes.subarray(start, start + size))
      expect(messages, String(size)).toEqual(EXPECTED)
      expect(passed, String(size)).toEqual([subscribed, subscribed, '+PONG\r\n'])
    }
  })

  it('leaves other pushes and messages before RESP3 to the reader before it', () => {
    const others = [
      push('unsubscribe', 'hbot.a', 'x'),
      push('monitor', 'hbot.a', 'xxxxxxxx'),
      push('smonitor', 'hbot.a', 'xxxxxxx'),
      `*3\r\n${text('message')}${text('a')}${text('b')}`,
    ]
    const { passed, messages, receive } = tapped()
    receive(Buffer.from(others.join('')))
    expect(messages).toEqual([])
    expect(passed).toEqual(others)
  })

  it('hangs up when it cannot read', () => {
    const message = '>3\r\n$7\r\nmessage\r\n$'
    for (const bytes of [
      'HTTP/1.1 400 Bad Request\r\n',
      `${message}x\r\n\r\n$1\r\n`,
      `${message}1\r\na\r\n$999999999999`,
    ]) {
      const { socket, receive } = tapped()
      receive(Buffer.from(bytes))
      expect(socket.destroyed, bytes).toBeInstanceOf(Error)
    }
  })
})
