import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { type LoadOptions, loadConfig } from './load-config.ts'
import type { BotbusConfig } from './types.ts'

let cwd: string
beforeEach(async () => {
  cwd = await mkdtemp(join(tmpdir(), 'botbus-config-'))
})
afterEach(() => rm(cwd, { recursive: true }))

function load(options: LoadOptions = {}): Promise<BotbusConfig> {
  return loadConfig({ cwd, env: {}, ...options })
}

async function file(name: string, text: string): Promise<void> {
  await writeFile(join(cwd, name), text)
}

async function refusal(options: LoadOptions = {}): Promise<string> {
  const error: unknown = await load(options).then(
    () => expect.unreachable('the configuration was accepted'),
    (thrown: unknown) => thrown,
  )
  expect(error).toMatchObject({ name: 'BotbusError', code: 'INVALID_ARGUMENT' })
  return (error as Error).message
}

describe('without any configuration', () => {
  it('uses the embedded broker and the defaults of the bridge', async () => {
    const config = await load()
    expect(config).toMatchObject({ broker: { url: 'embedded:1883' }, port: 1883 })
    expect(config.bridge).toMatchObject({ namespace: 'hbot', logger: true, external_events: true, autostart: true })
    expect(config.file).toBeUndefined()
  })

  it('gives the embedded broker the configured port', async () => {
    expect(await load({ env: { BOTBUS_PORT: '1884' } })).toMatchObject({ broker: { url: 'embedded:1884' }, port: 1884 })
  })
})

describe('the file', () => {
  it.each([
    ['botbus.config.yaml', 'broker: mqtt://yaml'],
    ['botbus.config.yml', 'broker: mqtt://yml'],
    ['botbus.config.json', '{ "broker": "mqtt://json" }'],
    ['botbus.config.ts', "const url: string = 'mqtt://ts'\nexport default { broker: url }"],
  ])('is found as %s', async (name, text) => {
    await file(name, text)
    const config = await load()
    expect(config.broker.url).toBe(`mqtt://${name.split('.').at(-1)}`)
    expect(config.file).toBe(join(cwd, name))
  })

  it('may be named, by an option or BOTBUS_CONFIG', async () => {
    await file('other.yaml', 'port: 2001')
    expect(await load({ file: 'other.yaml' })).toMatchObject({ port: 2001 })
    expect(await load({ env: { BOTBUS_CONFIG: 'other.yaml' } })).toMatchObject({ port: 2001 })
  })

  it('takes the original names of the switches, with their prefix', async () => {
    await file(
      'botbus.config.yaml',
      'bridge: { mqtt_namespace: fleet/, mqtt_notifier: false, events: "no", id: alpha }',
    )
    const { bridge } = await load()
    expect(bridge).toMatchObject({ id: 'alpha', namespace: 'fleet', notifier: false, events: false, commands: true })
  })

  it('counts a key without a value as missing', async () => {
    await file('botbus.config.yaml', 'broker:\nport:\n')
    expect(await load()).toMatchObject({ broker: { url: 'embedded:1883' } })
  })

  it('is not led astray by a key named __proto__', async () => {
    await file('botbus.config.yaml', '__proto__: { port: 5, broker: { url: "mqtt://evil" } }')
    expect(await load()).toMatchObject({ broker: { url: 'embedded:1883' }, port: 1883 })
  })

  it('makes the paths in it start at its own folder', async () => {
    await mkdir(join(cwd, 'etc'))
    await file('etc/b.yaml', 'broker: { url: "mqtts://h", passwordFile: secret, tls: { ca: certs/ca.pem } }')
    const { broker } = await load({ file: 'etc/b.yaml' })
    expect(broker.passwordFile).toBe(join(cwd, 'etc/secret'))
    expect(broker.tls?.ca).toBe(join(cwd, 'etc/certs/ca.pem'))
  })

  it('moves user and password out of the URL', async () => {
    await file('botbus.config.yaml', 'broker: mqtt://me:p%40ss@host:1883')
    expect((await load()).broker).toEqual({ url: 'mqtt://host:1883', username: 'me', password: 'p@ss' })
    await file('botbus.config.yaml', 'broker: kafkas://me:p%40ss@a:9092,b:9093?sasl=plain')
    expect((await load()).broker).toEqual({
      url: 'kafkas://a:9092,b:9093?sasl=plain',
      username: 'me',
      password: 'p@ss',
    })
  })
})

describe('layers', () => {
  it('puts the environment over the file, and overrides over both', async () => {
    await file('botbus.config.yaml', 'port: 1\nbridge: { id: file, namespace: file, host: file }')
    const env = { BOTBUS_BRIDGE_ID: 'env', BOTBUS_BRIDGE_NAMESPACE: 'env' }
    const { bridge, port } = await load({ env, overrides: { bridge: { id: 'flag' }, port: undefined } })
    expect(bridge).toMatchObject({ id: 'flag', namespace: 'env', host: 'file' })
    expect(port).toBe(1)
  })

  it('reads every kind of value from the environment', async () => {
    const env = {
      BOTBUS_BROKER_URL: 'mqtts://host',
      BOTBUS_BROKER_CLIENT_ID: '7',
      BOTBUS_BROKER_TLS_INSECURE_SKIP_VERIFY: 'true',
      BOTBUS_BRIDGE_EXTERNAL_EVENTS: 'false',
      BOTBUS_BROKER_USERNAME: '',
    }
    const { broker, bridge } = await load({ env })
    expect(broker).toEqual({ url: 'mqtts://host', clientId: '7', tls: { insecureSkipVerify: true } })
    expect(bridge.external_events).toBe(false)
  })

  it('takes the strict list of reply addresses as a list, or from the environment with commas', async () => {
    await file('botbus.config.yaml', 'replyPrefixes: [hbot/, rpc-]')
    expect((await load()).replyPrefixes).toEqual(['hbot/', 'rpc-'])
    expect((await load({ env: { BOTBUS_REPLY_PREFIXES: 'a/, b/' } })).replyPrefixes).toEqual(['a/', 'b/'])
    await expect(load({ overrides: { replyPrefixes: [''] } })).rejects.toThrow('replyPrefixes')
  })

  it('does not send the credentials of the file to a broker that is named elsewhere', async () => {
    await file('botbus.config.yaml', 'broker: { url: "mqtts://prod", password: secret, tls: { servername: x } }')
    expect((await load({ env: { BOTBUS_BROKER: 'mqtt://local' } })).broker).toEqual({ url: 'mqtt://local' })
    expect((await load({ overrides: { broker: 'mqtt://flag' } })).broker).toEqual({ url: 'mqtt://flag' })
  })

  it('joins a URL from a flag with credentials from the environment', async () => {
    const env = { BOTBUS_BROKER_USERNAME: 'me', BOTBUS_BROKER_PASSWORD: '1234' }
    const { broker } = await load({ env, overrides: { broker: 'mqtt://flag' } })
    expect(broker).toEqual({ url: 'mqtt://flag', username: 'me', password: '1234' })
  })

  it('lets a password of the environment replace the password file of the file', async () => {
    await file('botbus.config.yaml', 'broker: { url: "mqtt://h", passwordFile: old }')
    const { broker } = await load({ env: { BOTBUS_BROKER_PASSWORD: 'new' } })
    expect(broker).toEqual({ url: 'mqtt://h', password: 'new' })
  })

  it('leaves variables of tests, demos and other programs alone', async () => {
    const env = {
      BOTBUS_TEST_MQTT: 'x',
      BOTBUS_DEMO_SECRET: 'x',
      BOTBUS_MOSQUITTO: 'x',
      BOTBUS_RABBITMQ: 'x',
      BOTBUS_REDIS: 'x',
      BOTBUS_KAFKA: 'x',
      BOTBUS_JAVA: 'x',
      BOTBUSY: 'x',
    }
    expect(await load({ env })).toMatchObject({ port: 1883 })
  })
})

describe('the original bridge settings', () => {
  it('name the broker where no URL does', async () => {
    await file('botbus.config.yaml', 'bridge: { host: bus.example, port: 8883, ssl: true, username: u, password: p }')
    expect((await load()).broker).toEqual({ url: 'mqtts://bus.example:8883', username: 'u', password: 'p' })
    expect((await load({ overrides: { broker: 'memory:x' } })).broker).toEqual({ url: 'memory:x' })
  })

  it('come from the conf_client.yml of Hummingbot, as it is', async () => {
    const text =
      'instance_id: hb1\nfee: {}\nmqtt_bridge: { mqtt_host: hb.local, mqtt_namespace: hbot, mqtt_logger: false }'
    await file('conf_client.yml', text)
    await file('botbus.config.yaml', 'hummingbot: conf_client.yml\nbridge: { notifier: false }')
    const { broker, bridge, hummingbot } = await load()
    expect(hummingbot).toBe(join(cwd, 'conf_client.yml'))
    expect(broker.url).toBe('mqtt://hb.local:1883')
    expect(bridge).toMatchObject({ id: 'hb1', logger: false, notifier: false, commands: true, autostart: false })
  })

  it('say in a conf_client.yml that the broker speaks TLS, whose authority the environment names', async () => {
    await file('conf_client.yml', 'instance_id: hb1\nmqtt_bridge: { mqtt_port: 8883, mqtt_ssl: true }')
    const env = { BOTBUS_BROKER_TLS_CA: 'ca.pem' }
    const { broker } = await load({ env, overrides: { hummingbot: 'conf_client.yml' } })
    expect(broker).toEqual({ url: 'mqtts://localhost:8883', tls: { ca: join(cwd, 'ca.pem') } })
  })
})

describe('a refusal', () => {
  it('names the file, the key, what was found and what is accepted', async () => {
    await file('botbus.config.yaml', 'port: abc\nbridge: { events: maybe, port: 70000, namespace: "a b", id: "a/b" }')
    expect((await refusal()).split('\n')).toEqual([
      'botbus.config.yaml cannot be used:',
      '  port: found "abc"; accepted: a whole number from 1 to 65535',
      '  bridge.id: found "a/b"; accepted: 1 to 128 characters without "/", "+", "#" and spaces',
      '  bridge.port: found 70000; accepted: a whole number from 1 to 65535',
      '  bridge.namespace: found "a b"; accepted: topic levels joined by "/", without "+", "#" and spaces',
      '  bridge.events: found "maybe"; accepted: true or false',
    ])
  })

  it('suggests the key that was meant', async () => {
    await file('botbus.config.yaml', 'brokr: mqtt://x\nbroker: { tls: { insecureSkipVerfy: true } }')
    const text = await refusal()
    expect(text).toContain(
      'brokr: unknown key; did you mean "broker"? accepted: broker, port, bridge, hummingbot, replyPrefixes',
    )
    expect(text).toContain('broker.tls.insecureSkipVerfy: unknown key; did you mean "insecureSkipVerify"?')
  })

  it('says what a section may hold', async () => {
    await file('botbus.config.yaml', 'broker: [mqtt://x]\nbridge: 5')
    const text = await refusal()
    expect(text).toContain('broker: found a list; accepted: a broker URL, or a section of url, username, password,')
    expect(text).toContain('bridge: found 5; accepted: a section of id, host, port,')
  })

  it('refuses a file that is no section at all', async () => {
    await file('botbus.config.yaml', '- 1')
    expect(await refusal()).toContain(
      'found a list; accepted: a section of broker, port, bridge, hummingbot, replyPrefixes',
    )
  })

  it('gives the place of a syntax error, and not its text', async () => {
    await file('botbus.config.yaml', 'port: 1\nbroker: { password: "hunter2\n')
    const text = await refusal()
    expect(text).toMatch(/^botbus\.config\.yaml:\d+:\d+ cannot be read: /)
    expect(text).not.toContain('hunter2')
  })

  it('never shows a password', async () => {
    await file(
      'botbus.config.yaml',
      'broker: { url: "gopher://me:hunter2@h", password: { x: hunter2 } }\nbridge: { password: [hunter2] }',
    )
    const text = await refusal()
    expect(text).toContain('broker.password: found a value that is not shown here; accepted: a text')
    expect(text).not.toContain('hunter2')
  })

  it('lists the accepted schemes', async () => {
    const text = await refusal({ env: { BOTBUS_BROKER: 'localhost:1883' } })
    expect(text).toContain('BOTBUS_BROKER: found "localhost:1883"')
    expect(text).toContain('accepted: mqtt://HOST:PORT, mqtts://HOST:PORT, amqp://HOST:PORT,')
  })

  it('names the variable with the wrong value', async () => {
    expect(await refusal({ env: { BOTBUS_PORT: '0' } })).toContain('BOTBUS_PORT: found "0"; accepted: a whole number')
  })

  it('names the variable that is not known, and the one that was meant', async () => {
    const env = { BOTBUS_BROKER_PASWORD: 'hunter2' }
    const text = await refusal({ env })
    expect(text).toBe(
      'the environment variable BOTBUS_BROKER_PASWORD is not known; did you mean BOTBUS_BROKER_PASSWORD?',
    )
    expect(await refusal({ env: { BOTBUS_QQQQQQQQQQ: '1' } })).toContain('known names: BOTBUS_BROKER_URL, ')
  })

  it('refuses one value that is given twice', async () => {
    const twice = { BOTBUS_BROKER: 'mqtt://a', BOTBUS_BROKER_URL: 'mqtt://b' }
    expect(await refusal({ env: twice })).toContain('BOTBUS_BROKER and BOTBUS_BROKER_URL are both set')
    await file('botbus.config.yaml', 'broker: { url: "mqtt://u:p@h", password: q }')
    expect(await refusal()).toContain('broker.password is given twice')
    await file('botbus.config.yaml', 'broker: { url: "mqtt://h", password: q, passwordFile: f }')
    expect(await refusal()).toContain('broker.password and broker.passwordFile are both given')
  })

  it('refuses two config files in one folder', async () => {
    await file('botbus.config.yaml', '')
    await file('botbus.config.json', '{}')
    expect(await refusal()).toContain('botbus.config.yaml and botbus.config.json are in')
  })

  it('refuses a named file that is missing, or of another kind', async () => {
    expect(await refusal({ file: 'gone.yaml' })).toMatch(/^gone\.yaml cannot be read: ENOENT/)
    expect(await refusal({ file: 'gone.ts' })).toBe('gone.ts cannot be read: there is no such file')
    expect(await refusal({ file: 'botbus.toml' })).toContain('accepted: names that end in .yaml, .yml, .json or .ts')
  })

  it('refuses a TypeScript file that does not load or exports nothing', async () => {
    await file('botbus.config.ts', 'export const broker = 1')
    expect(await refusal()).toContain('botbus.config.ts has no default export')
    await file('other.ts', "throw new Error('broken on purpose')")
    expect(await refusal({ file: 'other.ts' })).toBe('other.ts cannot be loaded: broken on purpose')
  })

  it('refuses TLS files for a connection that is not encrypted', async () => {
    await file('botbus.config.yaml', 'broker: { url: "mqtt://h", tls: { ca: ca.pem } }')
    expect(await refusal()).toContain('mqtt://h is not encrypted; write mqtts://')
    await file('botbus.config.yaml', 'broker: { url: "mqtts://h", tls: { cert: c.pem } }')
    expect(await refusal()).toContain('broker.tls.cert and broker.tls.key belong together')
  })

  it('names the file of Hummingbot that cannot be used', async () => {
    await file('conf_client.yml', 'instance_id: a\nmqtt_bridge: { mqtt_port: never }')
    expect(await refusal({ overrides: { hummingbot: 'conf_client.yml' } })).toContain(join(cwd, 'conf_client.yml'))
  })
})
