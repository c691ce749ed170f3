import { once } from 'node:events'
import { connect } from 'node:net'
import { describe, expect, it } from 'vitest'
import { attackedServer } from '../../test/attacked-server.ts'
import { sendRaw } from '../../test/send.ts'

/** A head with the right host, which is closed by an empty line, and asks for the end of the connection. */
const head = (host: string, lines: readonly string[]): string =>
  [lines[0], `Host: ${host}`, ...lines.slice(1), 'Connection: close', '', ''].join('\r\n')

describe('an attacker with a socket', () => {
  it.each([
    [
      'both Content-Length and Transfer-Encoding',
      ['Content-Length: 4', 'Transfer-Encoding: chunked'],
      '0\r\n\r\nGET /api',
    ],
    ['two lengths', ['Content-Length: 0', 'Content-Length: 30'], 'GET /webhooks/x HTTP/1.1\r\n\r\n'],
    ['two codings', ['Transfer-Encoding: gzip, chunked'], '0\r\n\r\n'],
    ['two headers of a coding', ['Transfer-Encoding: chunked', 'Transfer-Encoding: identity'], '0\r\n\r\n'],
    ['a coding that is hidden by a tab', ['Transfer-Encoding:\tchunked, x'], '0\r\n\r\n'],
    ['a space before the colon', ['Content-Length : 4'], 'abcd'],
    ['a folded header', ['X-Folded: a', ' b: c'], ''],
    ['a bare line feed between headers', ['X-One: a\nX-Two: b'], ''],
    ['a bare carriage return in a header', ['X-One: a\rSet-Cookie: b=c'], ''],
    ['a NUL in a header', ['X-One: a\0b'], ''],
    ['a chunk size that is no number', ['Transfer-Encoding: chunked'], 'zz\r\nabcd\r\n0\r\n\r\n'],
  ])('cannot smuggle a request by %s', async (_name, lines, body) => {
    const server = await attackedServer()
    const bytes = head(server.host, ['POST /webhooks/demo/alert HTTP/1.1', ...lines]) + body
    const answer = await sendRaw(server.port, bytes)
    expect(answer).toMatch(/^HTTP\/1\.1 4\d\d /)
    expect(answer.match(/HTTP\/1\.1/g)).toHaveLength(1)
    expect(answer.toLowerCase()).not.toContain('set-cookie')
    expect(server.effects).toEqual([])
  })

  it.each([
    ['no host', 'GET /health HTTP/1.1\r\nConnection: close\r\n\r\n'],
    ['no host, as HTTP/1.0 allows', 'GET /health HTTP/1.0\r\n\r\n'],
    ['an empty host', 'GET /health HTTP/1.1\r\nHost: \r\nConnection: close\r\n\r\n'],
    ['a path that is no UTF-8', 'GET /health/%c0%ae%c0%ae HTTP/1.1\r\nHost: HOST\r\nConnection: close\r\n\r\n'],
    ['a path with a half escape', 'GET /health/%zz<script> HTTP/1.1\r\nHost: HOST\r\nConnection: close\r\n\r\n'],
    ['the bytes of another protocol', '\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03'],
    ['two hosts', 'GET /health HTTP/1.1\r\nHost: HOST\r\nHost: evil.example\r\nConnection: close\r\n\r\n'],
    ['two origins', 'GET /health HTTP/1.1\r\nHost: HOST\r\nOrigin: a\r\nOrigin: b\r\nConnection: close\r\n\r\n'],
    ['headers beyond 16 KiB', `GET /health HTTP/1.1\r\nHost: HOST\r\nX-Long: ${'a'.repeat(17_000)}\r\n\r\n`],
    ['a path beyond 8 KiB', `GET /${'a'.repeat(9_000)} HTTP/1.1\r\nHost: HOST\r\nConnection: close\r\n\r\n`],
  ])('is refused with %s', async (_name, bytes) => {
    const server = await attackedServer()
    const answer = await sendRaw(server.port, bytes.replace('HOST', server.host))
    expect(answer).toMatch(/^HTTP\/1\.1 4\d\d /)
    expect(answer).not.toContain('<script>')
    expect(server.effects).toEqual([])
  })

  it('gets no tunnel from CONNECT', async () => {
    const server = await attackedServer()
    const bytes = `CONNECT evil.example:443 HTTP/1.1\r\nHost: ${server.host}\r\n\r\n`
    expect(await sendRaw(server.port, bytes)).not.toMatch(/^HTTP\/1\.1 2/)
    expect(server.effects).toEqual([])
  })

  it.each([
    ['its headers', 'POST /webhooks/demo/alert HTTP/1.1\r\nHost: HOST\r\nX-Slow: '],
    ['its body', 'POST /webhooks/demo/alert HTTP/1.1\r\nHost: HOST\r\nContent-Length: 1000\r\n\r\n'],
  ])('who sends %s slowly is cut, and the others are served meanwhile', async (_name, start) => {
    const server = await attackedServer({ slow: 300 })
    const began = performance.now()
    const socket = connect(server.port, '127.0.0.1')
    // A reset is one of the ways in which a server cuts.
    socket.on('error', () => undefined)
    let answer = ''
    socket.on('data', (data) => {
      answer += String(data)
    })
    socket.write(start.replace('HOST', server.host))
    const drip = setInterval(() => socket.write('a'), 50)
    expect((await server.send({ path: '/health' })).status).toBe(200)
    await once(socket, 'close')
    clearInterval(drip)
    expect(performance.now() - began).toBeGreaterThan(200)
    expect(answer === '' || answer.startsWith('HTTP/1.1 408')).toBe(true)
    expect(server.effects).toEqual(['GET /health '])
  })

  it('who opens connections and says nothing is cut', async () => {
    const server = await attackedServer({ slow: 300 })
    const sockets = Array.from({ length: 20 }, () => connect(server.port, '127.0.0.1').resume())
    await Promise.all(sockets.map((socket) => once(socket, 'close')))
    expect((await server.send({ path: '/health' })).status).toBe(200)
  })

  it('cannot bring terminal sequences to the log', async () => {
    const server = await attackedServer()
    const agent = '\x9b31mred\x9b0m \x1b]0;owned\x07'
    await sendRaw(server.port, head(server.host, ['GET /health HTTP/1.1', `User-Agent: ${agent}`]))
    // Node refuses ESC in a header; what it lets through is the one-byte form of the same.
    await sendRaw(server.port, head(server.host, ['GET /health HTTP/1.1', 'User-Agent: \x9b31mred']))
    await sendRaw(server.port, head(server.host, ['GET /health/\x9b31m HTTP/1.1']))
    expect(server.log()).toContain('"asked by \\u009b31mred"')
    expect(server.log()).not.toMatch(/[^\n\P{Cc}]/u)
  })
})
