import { expect, it } from 'vitest'
import { bodyRoom, headRoom, longMessage, type MessageHead, writeMessage } from './frames.ts'

const head: MessageHead = {
  exchange: 'amq.topic',
  key: 'a.b',
  mandatory: true,
  persistent: true,
  contentType: 'text/plain',
  correlationId: 'ïd',
  replyTo: 'there',
  expiration: '30000',
}

const hex = (text: string): string => Buffer.from(text).toString('hex')
const METHOD = `01 0005 0000 0015 003c 0028 0000 09 ${hex('amq.topic')} 03 ${hex('a.b')} 01 ce`
const PROPERTIES = `0a ${hex('text/plain')} 02 03 ${hex('ïd')} 05 ${hex('there')} 05 ${hex('30000')}`
const HEADER = (size: string): string => `02 0005 0000 002a 003c 0000 0000 0000 ${size} 9700 ${PROPERTIES} ce`
const bytes = (...frames: string[]): string => frames.join('').replaceAll(' ', '')

function write(body: string | Buffer, of = head): string {
  const target = Buffer.alloc(headRoom(of) + bodyRoom(body))
  const end = writeMessage(target, 0, 5, of, body)
  return target.toString('hex', 0, end)
}

it('writes method, header and body as the specification has them', () => {
  expect(write('héllo')).toBe(bytes(METHOD, HEADER('0000 0006'), `03 0005 0000 0006 ${hex('héllo')} ce`))
  expect(write(Buffer.from('héllo'))).toBe(write('héllo'))
})

it('writes no body frame for no body', () => {
  expect(write('')).toBe(bytes(METHOD, HEADER('0000 0000')))
})

it('writes only the properties that there are', () => {
  const header = '02 0005 0000 000e 003c 0000 0000 0000 0000 0001 0000 ce'
  const body = '03 0005 0000 0001 78 ce'
  expect(write('x', { exchange: '', key: 'k' })).toBe(
    bytes(`01 0005 0000 000a 003c 0028 0000 00 01 ${hex('k')} 00 ce`, header, body),
  )
})

it('cuts a long body into frames that the broker takes', () => {
  const message = longMessage(5, head, Buffer.from('abcdefg'), 11).toString('hex')
  const bodies = ['abc', 'def', 'g'].map((part) => `03 0005 0000 000${part.length} ${hex(part)} ce`)
  expect(message).toBe(bytes(METHOD, HEADER('0000 0007'), ...bodies))
})

it('refuses text that AMQP cannot hold', () => {
  const long = { exchange: '', key: 'k', correlationId: 'é'.repeat(128) }
  expect(() => write('', long)).toThrow(expect.objectContaining({ code: 'INVALID_ARGUMENT', outcome: 'not_sent' }))
})
