import type { Socket } from 'node:net'
import { Duplex } from 'node:stream'
import { setImmediate as nextTurn } from 'node:timers/promises'
import { describe, expect, it } from 'vitest'
import { TurnWriter } from './turn-writer.ts'

/** A socket that keeps what it is told to write. `isFull`: it never gets rid of it. */
function open(isFull = false): { writer: TurnWriter; socket: Socket; written: string[] } {
  const written: string[] = []
  const socket = new Duplex({
    read: () => undefined,
    write: (chunk: Buffer, _encoding, done) => {
      written.push(chunk.toString())
      if (!isFull) done()
    },
  }) as Socket
  return { writer: new TurnWriter(socket), socket, written }
}

describe('TurnWriter', () => {
  it('writes what one turn sends in one go, after the turn', async () => {
    const { writer, written } = open()
    for (const chunk of ['a', 'é', 'c']) writer.write(chunk)
    expect(written).toEqual([])
    await nextTurn()
    expect(written).toEqual(['aéc'])
    writer.write('d')
    await nextTurn()
    expect(written).toEqual(['aéc', 'd'])
  })

  it('keeps the order of text and bytes', async () => {
    const { writer, written } = open()
    for (const chunk of ['a', Buffer.from('b'), 'c', Buffer.from('d'), Buffer.from('e'), 'f']) writer.write(chunk)
    await nextTurn()
    await nextTurn()
    expect(written.join('')).toBe('abcdef')
  })

  it('does not wait for the end of the turn with more than a socket takes', () => {
    const { writer, socket, written } = open(true)
    for (let count = 0; count < 100; count++) writer.write('x'.repeat(1_000))
    expect(written.join('').length).toBeGreaterThan(60_000)
    expect(socket.writableNeedDrain).toBe(true)
  })

  it('writes what is left when it is told to', () => {
    const { writer, written } = open()
    writer.write('a')
    writer.flush()
    expect(written).toEqual(['a'])
  })
})
