import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { loadConfig, openBus } from '@botbus/config'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { authority, type Certificate, certificate } from '../support/certificates.ts'
import { BROKER_KINDS, startOwnBrokerOf, uniqueName } from '../support/test-broker.ts'

/** TLS, user and password, from the same configuration on each broker. */
describe('a broker with TLS and passwords', () => {
  const folder = mkdtempSync(join(tmpdir(), 'botbus-secured-'))
  let server: Certificate

  beforeAll(async () => {
    const ca = await authority('Botbus swap tests')
    server = await certificate(ca, 'localhost')
    writeFileSync(join(folder, 'ca.pem'), ca.cert)
    writeFileSync(join(folder, 'other-ca.pem'), (await authority('Another one')).cert)
    writeFileSync(join(folder, 'password'), 'p@ss:w/rd\n')
    writeFileSync(join(folder, 'wrong'), 'hunter2\n')
  })

  afterAll(() => {
    rmSync(folder, { recursive: true })
  })

  it.each(BROKER_KINDS)('is reached by its %s URL, and refuses whom it should', async (kind) => {
    const users = [{ username: 'ada', password: 'p@ss:w/rd' }]
    await using broker = await startOwnBrokerOf(kind, { tls: server, users })
    const write = (passwordFile: string, ca: string): void =>
      writeFileSync(
        join(folder, 'botbus.config.yaml'),
        `broker: { url: "${broker.url}", username: ada, passwordFile: ${passwordFile}, tls: { ca: ${ca} } }`,
      )
    const open = async () => openBus((await loadConfig({ cwd: folder, env: {} })).broker)

    write('password', 'ca.pem')
    await using bus = await open()
    const address = `${uniqueName('secured')}/hello`
    await using _ = await bus.serve(address, (name) => `Hello, ${String(name)}`)
    expect(await bus.call(address, 'Ada')).toBe('Hello, Ada')
    // The same in one URL, percent-encoded, of which nothing is shown.
    const url = broker.url.replace('//', '//ada:p%40ss%3Aw%2Frd@')
    await using again = await openBus({ url, tls: { ca: join(folder, 'ca.pem') } })
    expect(await again.call(address, 'Grace')).toBe('Hello, Grace')

    write('wrong', 'ca.pem')
    const refused = await open().then(
      () => expect.unreachable(),
      (error: Error) => error,
    )
    expect(refused).toMatchObject({ code: 'UNAUTHORIZED' })
    expect(refused.message).not.toContain('hunter2')
    write('password', 'other-ca.pem')
    await expect(open()).rejects.toMatchObject({ code: 'UNAUTHORIZED' })
  })
})
