import { connectBus } from '@botbus/core'
import { expect } from 'vitest'
import type { Stage } from '../stage/stage.ts'
import { failure } from '../stage/waiting.ts'
import type { BrokerWishes, ConformanceBroker, ConformanceTarget } from '../subject.ts'
import type { Suite } from '../suite.ts'
import { authority, certificate } from './certificates.ts'

/** A broker of the test's own. */
async function startBroker(stage: Stage, wishes: BrokerWishes): Promise<ConformanceBroker> {
  if (stage.broker.port === undefined) stage.skip('no network, so no certificates and no credentials')
  return stage.keep(await stage.subject.startBroker(wishes))
}

async function refusal(
  stage: Stage,
  target: ConformanceTarget,
): Promise<{ code: string; message: string; ms: number }> {
  const started = performance.now()
  const { code, message } = await failure(connectBus(stage.transport({ connectTimeout: 5_000, ...target })))
  return { code, message, ms: performance.now() - started }
}

export function security({ promise }: Suite): void {
  promise(
    26,
    'a certificate of an unknown authority, or for another host, is refused and says why; the right one works',
    async (stage) => {
      const [ca, other] = [await authority('Test authority'), await authority('Another authority')]
      const broker = await startBroker(stage, { tls: await certificate(ca, 'localhost') })
      const { url } = broker
      const right = await stage.open({ target: { url, tls: { ca: ca.cert } } })
      await right.bus.serve(stage.topic('echo'), (request) => request)
      expect(await right.bus.call(stage.topic('echo'), 'over TLS')).toBe('over TLS')

      for (const tls of [{}, { ca: other.cert }]) {
        const { code, message } = await refusal(stage, { url, tls })
        expect(code).toBe('UNAUTHORIZED')
        expect(message).toMatch(/authority|certificate/)
      }
      const wrongName = await refusal(stage, { url, tls: { ca: ca.cert, servername: 'elsewhere.test' } })
      expect(wrongName.code).toBe('UNAUTHORIZED')
      expect(wrongName.message).toContain('elsewhere.test')
      const byAddress = await refusal(stage, { url: url.replace('localhost', '127.0.0.1'), tls: { ca: ca.cert } })
      expect(byAddress.code).toBe('UNAUTHORIZED')
      expect(byAddress.message).toContain('127.0.0.1')
    },
  )

  promise(26, 'an expired certificate is refused and says so', async (stage) => {
    const ca = await authority('Test authority')
    const { url } = await startBroker(stage, { tls: await certificate(ca, 'localhost', { expired: true }) })
    const { code, message } = await refusal(stage, { url, tls: { ca: ca.cert } })
    expect(code).toBe('UNAUTHORIZED')
    expect(message).toContain('expired')
  })

  promise(26, 'wrong credentials reject at once instead of looping, and no password is shown', async (stage) => {
    const [username, password] = ['alice', 'right horse: battery/@staple']
    const { url } = await startBroker(stage, { users: [{ username, password }] })
    const right = await stage.open({ target: { url, username, password } })
    expect(right.bus.state.status).toBe('connected')
    const inUrl = url.replace('//', `//${username}:${encodeURIComponent(password)}@`)
    const percentEncoded = await stage.open({ target: { url: inUrl } })
    expect(percentEncoded.bus.state.status).toBe('connected')
    for (const wrong of [
      { username, password: 'wrong secret' },
      { username: 'mallory', password: 'wrong secret' },
    ]) {
      const { code, message, ms } = await refusal(stage, { url, ...wrong })
      expect(code).toBe('UNAUTHORIZED')
      expect(message).toContain(wrong.username)
      expect(message).not.toContain('wrong secret')
      expect(ms).toBeLessThan(5_000)
    }
  })
}
