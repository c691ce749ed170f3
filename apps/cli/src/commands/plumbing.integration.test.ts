import { openBus } from '@botbus/config'
import type { Bus } from '@botbus/core'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type MosquittoInstance, startMosquitto } from '../../../../scripts/broker/mosquitto.mjs'
import { type CliProcess, runCli, startCli } from '../../test/cli-process.ts'

let mosquitto: MosquittoInstance
let bus: Bus

beforeAll(async () => {
  mosquitto = await startMosquitto()
  bus = await openBus(mosquitto.url)
})

afterAll(async () => {
  await bus?.close()
  await mosquitto?.stop()
})

const start = (args: string[]): CliProcess => startCli(args, { broker: mosquitto.url })

async function listening(args: string[], broker: string = mosquitto.url): Promise<CliProcess> {
  const process = startCli(args, { broker })
  await process.shows('listening to')
  return process
}

describe('pub', () => {
  it('publishes JSON, and says so on standard error only', async () => {
    const messages = bus.messages('cli/pub/#')
    await messages.ready
    const result = await runCli(['pub', 'cli/pub/a', '{"price":1}'], { broker: mosquitto.url })
    expect(result).toEqual({ stdout: '', stderr: 'published on cli/pub/a\n', exitCode: 0 })
    expect((await messages.next()).value).toMatchObject({ topic: 'cli/pub/a', data: { price: 1 } })
    await runCli(['pub', 'cli/pub/b', '-', '--qos', '0'], { broker: mosquitto.url, input: '[1,2]' })
    expect((await messages.next()).value).toMatchObject({ topic: 'cli/pub/b', data: [1, 2] })
    await messages.close()
  })

  it('lets the broker keep a message, but never a command', async () => {
    await runCli(['pub', 'cli/kept', '1', '--retain'], { broker: mosquitto.url })
    const { stdout } = await runCli(['sub', 'cli/kept', '--count', '1'], { broker: mosquitto.url })
    expect(JSON.parse(stdout)).toEqual({ topic: 'cli/kept', retained: true, data: 1 })
    const refused = await runCli(['pub', 'hbot/alpha/balance/limit', '{}', '--retain'], { broker: mosquitto.url })
    expect(refused).toMatchObject({ stdout: '', exitCode: 4 })
    expect(refused.stderr).toContain('is a command of a bot')
  })

  it('refuses what is no JSON, and a wildcard, as wrong usage', async () => {
    expect(await runCli(['pub', 'cli/x', 'text'], { broker: mosquitto.url })).toMatchObject({ stdout: '', exitCode: 4 })
    expect(await runCli(['pub', 'cli/+', '1'], { broker: mosquitto.url })).toMatchObject({ stdout: '', exitCode: 4 })
  })
})

describe('sub', () => {
  it('prints one line of JSON for each message until Ctrl-C, and ends with 130', async () => {
    const process = await listening(['sub', 'cli/sub/+'])
    await bus.publish('cli/sub/a', { n: 1, text: '\u001b[2J' })
    await process.shows('cli/sub/a')
    expect(await process.kill('SIGINT')).toEqual({
      stdout: '{"topic":"cli/sub/a","retained":false,"data":{"n":1,"text":"\\u001b[2J"}}\n',
      stderr: 'listening to cli/sub/+\n',
      exitCode: 130,
    })
  })

  it('ends on SIGTERM in the same way', async () => {
    const process = await listening(['sub', 'cli/term/#'])
    expect(await process.kill('SIGTERM')).toMatchObject({ exitCode: 130 })
  })

  it('ends with 0 after --count messages', async () => {
    const process = await listening(['sub', 'cli/count', '--count', '2', '-o', 'table'])
    for (const text of ['a', 'b', 'c']) await bus.publish('cli/count', text, { qos: 1 })
    expect(await process.ended).toMatchObject({ stdout: 'cli/count  "a"\ncli/count  "b"\n', exitCode: 0 })
  })

  it('ends with 5 when too few messages came in time, with 0 when none were asked for', async () => {
    const args = ['sub', 'cli/none', '--wait', '200ms']
    expect(await runCli([...args, '--count', '1'], { broker: mosquitto.url })).toEqual({
      stdout: '',
      stderr: 'listening to cli/none\nbotbus: 0 of 1 messages arrived within 200ms\n',
      exitCode: 5,
    })
    expect(await runCli(args, { broker: mosquitto.url })).toMatchObject({ exitCode: 0 })
  })

  it('ends quietly when the reader of its output leaves', async () => {
    const process = await listening(['sub', 'cli/head', '--wait', '50s'])
    process.child.stdout?.destroy()
    await bus.publish('cli/head', 1)
    expect(await process.ended).toEqual({ stdout: '', stderr: 'listening to cli/head\n', exitCode: 0 })
  })

  it('ends quietly when the reader of its help leaves', async () => {
    const process = startCli(['--help'])
    process.child.stdout?.destroy()
    expect(await process.ended).toEqual({ stdout: '', stderr: '', exitCode: 0 })
  })

  it('tells what it cannot read, and goes on', async () => {
    const process = await listening(['sub', 'cli/bytes', '--count', '1'])
    const tooDeep = Array.from({ length: 100 }).reduce((inner) => [inner], 1)
    await bus.publish('cli/bytes', tooDeep)
    await process.shows('dropped a message on cli/bytes (invalid)')
    await bus.publish('cli/bytes', 1)
    expect(await process.ended).toMatchObject({
      stdout: '{"topic":"cli/bytes","retained":false,"data":1}\n',
      exitCode: 0,
    })
  })

  it('goes on by itself when the broker was killed and started again', async () => {
    const broker = await startMosquitto()
    const process = await listening(['sub', 'cli/again', '--count', '1', '--wait', '50s'], broker.url)
    await broker.kill()
    await process.shows('the link to the broker was lost')
    await broker.start()
    await process.shows('connected again')
    const publisher = await openBus(broker.url)
    await publisher.publish('cli/again', 1)
    expect(await process.ended).toMatchObject({
      stdout: '{"topic":"cli/again","retained":false,"data":1}\n',
      exitCode: 0,
    })
    await publisher.close()
    await broker.stop()
  })
})

describe('call and serve', () => {
  it('call prints the reply as it is', async () => {
    await using _ = await bus.serve('cli/double', (data) => ({ twice: (data as { n: number }).n * 2 }))
    const result = await runCli(['call', 'cli/double', '{"n":21}', '-o', 'ndjson'], { broker: mosquitto.url })
    expect(result).toEqual({ stdout: '{"twice":42}\n', stderr: '', exitCode: 0 })
    const fromInput = await runCli(['call', 'cli/double', '-'], { broker: mosquitto.url, input: '{"n":1}' })
    expect(JSON.parse(fromInput.stdout)).toEqual({ twice: 2 })
  })

  it('call ends with 1 when the handler fails, and with 2 when nobody serves the address', async () => {
    await using _ = await bus.serve('cli/fails', () => {
      throw new Error('boom')
    })
    const failed = await runCli(['call', 'cli/fails'], { broker: mosquitto.url })
    expect(failed).toEqual({ stdout: '', stderr: 'botbus: boom\n', exitCode: 1 })
    const nobody = await runCli(['call', 'cli/nobody'], { broker: mosquitto.url })
    expect(nobody).toMatchObject({ stdout: '', exitCode: 2 })
    expect(nobody.stderr).toContain('(nothing was sent)')
  })

  it('serve answers every call with its reply until it has answered --count', async () => {
    const process = start(['serve', 'cli/fixed', '--reply', '{"ok":true}', '--count', '2'])
    await process.shows('serving cli/fixed')
    await expect(bus.call('cli/fixed', { a: 1 })).resolves.toEqual({ ok: true })
    await expect(bus.call('cli/fixed', { a: 2 })).resolves.toEqual({ ok: true })
    expect(await process.ended).toEqual({
      stdout: '{"address":"cli/fixed","data":{"a":1}}\n{"address":"cli/fixed","data":{"a":2}}\n',
      stderr: 'serving cli/fixed\n',
      exitCode: 0,
    })
  })

  it('serve gives back what it got with --echo, until Ctrl-C', async () => {
    const process = start(['serve', 'cli/echo', '--echo', '-o', 'table'])
    await process.shows('serving cli/echo')
    await expect(bus.call('cli/echo', ['x'])).resolves.toEqual(['x'])
    expect(await process.kill()).toEqual({
      stdout: 'cli/echo  ["x"]\n',
      stderr: 'serving cli/echo\n',
      exitCode: 130,
    })
  })

  it('serve refuses to answer nothing, and two answers', async () => {
    expect(await runCli(['serve', 'cli/x'], { broker: mosquitto.url })).toMatchObject({ exitCode: 4 })
    const both = await runCli(['serve', 'cli/x', '--echo', '--reply', '1'], { broker: mosquitto.url })
    expect(both).toMatchObject({ exitCode: 4 })
  })
})
