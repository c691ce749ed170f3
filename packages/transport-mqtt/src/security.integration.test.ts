import { pbkdf2Sync, randomBytes } from 'node:crypto'
import { connectBus } from '@botbus/core'
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest'
import { type MosquittoInstance, startMosquitto } from '../../../scripts/broker/mosquitto/mosquitto.mjs'
import { authority, type Certificate, certificate } from '../../../tests/support/certificates.ts'
import { files } from '../test/files.ts'
import { failure, nextState, open, startSilentServer } from '../test/support.ts'
import { mqtt } from './mqtt.ts'

const opened: AsyncDisposable[] = []
const keep = <T extends AsyncDisposable>(resource: T): T => {
  opened.push(resource)
  return resource
}
afterAll(async () => {
  for (const resource of opened.reverse()) await resource[Symbol.asyncDispose]()
})

async function startTls(server: Certificate, ca: Certificate, config: string[] = []): Promise<MosquittoInstance> {
  const folder = keep(await files({ ca: ca.cert, cert: server.cert, key: server.key }))
  const lines = [`cafile ${folder.path('ca')}`, `certfile ${folder.path('cert')}`, `keyfile ${folder.path('key')}`]
  return keep(await startMosquitto({ config: [...lines, ...config] }))
}

describe('TLS', () => {
  let ca: Certificate
  let other: Certificate
  let broker: MosquittoInstance
  const url = (instance: MosquittoInstance, host = 'localhost'): string => `mqtts://${host}:${instance.port}`

  beforeAll(async () => {
    ca = await authority('Test authority')
    other = await authority('Another authority')
    broker = await startTls(await certificate(ca, 'localhost'), ca)
  })

  it('carries calls when the broker’s certificate is right, with Nagle’s algorithm off', async () => {
    await using client = await open({ url: url(broker), tls: { ca: ca.cert } })
    await client.bus.serve('hbot/b/status', () => 'ok')
    expect(await client.bus.call('hbot/b/status')).toBe('ok')
    const durations: number[] = []
    for (let call = 0; call < 20; call++) {
      const started = performance.now()
      await client.bus.call('hbot/b/status')
      durations.push(performance.now() - started)
    }
    expect(Math.min(...durations)).toBeLessThan(30) // a delayed ACK takes 40 ms
  })

  it('rejects a certificate of an authority that we do not trust, and says how to trust it', async () => {
    for (const tls of [{}, { ca: other.cert }]) {
      const error = await failure(connectBus(mqtt({ url: url(broker), tls })))
      expect(error.code).toBe('UNAUTHORIZED')
      expect(error.message).toContain('tls.ca')
    }
  })

  it('rejects a certificate for another host name, and takes it when that name is given', async () => {
    const error = await failure(connectBus(mqtt({ url: url(broker, '127.0.0.1'), tls: { ca: ca.cert } })))
    expect(error.code).toBe('UNAUTHORIZED')
    expect(error.message).toContain('127.0.0.1')
    await using client = await open({ url: url(broker, '127.0.0.1'), tls: { ca: ca.cert, servername: 'localhost' } })
    expect(client.bus.state.status).toBe('connected')
  })

  it('rejects an expired certificate', async () => {
    const expired = await startTls(await certificate(ca, 'localhost', { expired: true }), ca)
    const error = await failure(connectBus(mqtt({ url: url(expired), tls: { ca: ca.cert } })))
    expect(error.code).toBe('UNAUTHORIZED')
    expect(error.message).toContain('expired')
  })

  it('gives up verification only by its loud option, and warns', async () => {
    const warned = vi.fn()
    process.on('warning', warned)
    await using client = await open({ url: url(broker), tls: { insecureSkipVerify: true } })
    await vi.waitFor(() => expect(warned).toHaveBeenCalled())
    process.off('warning', warned)
    expect(String(warned.mock.calls[0]?.[0])).toContain('insecureSkipVerify')
    expect(client.bus.state.status).toBe('connected')
  })

  it('shows a client certificate where the broker wants one', async () => {
    const strict = await startTls(await certificate(ca, 'localhost'), ca, ['require_certificate true'])
    const mine = await certificate(ca, 'bot1')
    await using client = await open({ url: url(strict), tls: { ca: ca.cert, ...mine } })
    expect(client.bus.state.status).toBe('connected')
    const error = await failure(connectBus(mqtt({ url: url(strict), tls: { ca: ca.cert } })))
    expect(error.code).toBe('UNAUTHORIZED')
    expect(error.message).toContain('tls.cert')
  })

  it('says that a port does not speak TLS, or speaks only TLS', async () => {
    const plain = keep(await startMosquitto())
    const secure = await failure(connectBus(mqtt({ url: url(plain), connectTimeout: 3_000 })))
    expect(secure.code).toBe('NOT_CONNECTED')
    const insecure = await failure(connectBus(mqtt({ url: `mqtt://localhost:${broker.port}`, connectTimeout: 3_000 })))
    expect(insecure.code).toBe('NOT_CONNECTED')
    expect(insecure.message).toContain('mqtts://')
  })

  it('names the option when the PEM text cannot be read', async () => {
    const broken = '-----BEGIN CERTIFICATE-----\nx\n-----END CERTIFICATE-----\n'
    const error = await failure(connectBus(mqtt({ url: url(broker), tls: { cert: broken, key: broken } })))
    expect(error.code).toBe('INVALID_ARGUMENT')
    expect(error.message).toContain('"tls"')
  })
})

/** As mosquitto_passwd writes it: PBKDF2 with SHA-512. */
function mosquittoHash(password: string): string {
  const salt = randomBytes(12)
  const hash = pbkdf2Sync(password, salt, 101, 64, 'sha512')
  return `$7$101$${salt.toString('base64')}$${hash.toString('base64')}`
}

describe('credentials', () => {
  async function startWithUser(port?: number): Promise<MosquittoInstance> {
    const folder = keep(
      await files({
        passwords: `alice:${mosquittoHash('right horse')}
`,
      }),
    )
    const config = ['allow_anonymous false', `password_file ${folder.path('passwords')}`]
    return startMosquitto({ config, ...(port === undefined ? {} : { port }) })
  }

  it.each([5, 4] as const)('are sent, and reject at once when wrong (protocol version %i)', async (protocolVersion) => {
    await using broker = await startWithUser()
    const url = broker.url.replace('//', '//alice:right%20horse@')
    await using client = await open({ url, protocolVersion })
    expect(client.bus.state.status).toBe('connected')
    const wrong = await failure(
      connectBus(mqtt({ url: broker.url, username: 'alice', password: 'battery', protocolVersion })),
    )
    expect(wrong.code).toBe('UNAUTHORIZED')
    expect(wrong.message).toContain('"alice"')
    expect(wrong.message).not.toContain('battery')
    const none = await failure(connectBus(mqtt({ url: broker.url, protocolVersion })))
    expect(none.code).toBe('UNAUTHORIZED')
    expect(none.message).toContain('username')
  })

  it('that are refused after a reconnect are reported and tried again', async () => {
    const open_ = await startMosquitto()
    await using client = await open({ url: open_.url, username: 'alice', password: 'battery' })
    await open_.stop()
    const strict = await startWithUser(open_.port)
    await vi.waitFor(() => expect(client.problems()).toContain('UNAUTHORIZED'), { timeout: 10_000 })
    expect(client.bus.state.status).toBe('reconnecting')
    const again = nextState(client.bus, 'connected')
    await strict.stop()
    await using back = await startMosquitto({ port: open_.port })
    await again
    expect(back.port).toBe(open_.port)
  })
})

describe('connecting', () => {
  it('rejects NOT_CONNECTED with host, port and a hint where nothing listens', async () => {
    await using silent = await startSilentServer()
    const { port } = silent
    await silent[Symbol.asyncDispose]()
    const error = await failure(connectBus(mqtt({ url: `mqtt://user:secret@127.0.0.1:${port}` })))
    expect(error.code).toBe('NOT_CONNECTED')
    expect(error.message).toContain(`127.0.0.1:${port}`)
    expect(error.message).toContain('running')
    expect(error.message).not.toContain('secret')
  })

  it('rejects after its timeout where nobody answers', async () => {
    await using silent = await startSilentServer()
    const started = performance.now()
    const error = await failure(connectBus(mqtt({ url: `mqtt://127.0.0.1:${silent.port}`, connectTimeout: 200 })))
    expect(error.code).toBe('NOT_CONNECTED')
    expect(error.message).toContain('200 ms')
    expect(performance.now() - started).toBeLessThan(1_000)
  })

  it('rejects CANCELLED when its signal fires, before and meanwhile', async () => {
    await using silent = await startSilentServer()
    const url = `mqtt://127.0.0.1:${silent.port}`
    const aborted = await failure(connectBus(mqtt({ url }), { signal: AbortSignal.abort() }))
    expect(aborted.code).toBe('CANCELLED')
    const controller = new AbortController()
    const connecting = failure(connectBus(mqtt({ url }), { signal: controller.signal }))
    setImmediate(() => controller.abort())
    expect((await connecting).code).toBe('CANCELLED')
  })

  it('rejects CLOSED when the transport is closed meanwhile', async () => {
    await using silent = await startSilentServer()
    const transport = mqtt({ url: `mqtt://127.0.0.1:${silent.port}` })
    const events = { state: vi.fn(), reply: vi.fn(), problem: vi.fn(), unanswerable: vi.fn() }
    const connecting = failure(transport.connect({ events }))
    await transport.close()
    expect((await connecting).code).toBe('CLOSED')
    expect(events.state).not.toHaveBeenCalled()
  })
})
