import { openBus } from '@botbus/config'
import type { Bus } from '@botbus/core'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { chosenBroker, startOwnBroker, type TestBroker } from '../../../../tests/support/test-broker.ts'
import { type CliProcess, NAMESPACE, runCli, startCli } from '../../test/cli-process.ts'

let broker: TestBroker
let bus: Bus

beforeAll(async () => {
  broker = await chosenBroker()
  bus = await openBus(broker.url)
})

afterAll(async () => {
  await bus?.close()
  await broker?.[Symbol.asyncDispose]()
})

/** Whether a call to nobody is noticed at once. */
const canTell = ({ capabilities }: Bus): boolean => capabilities.noResponder !== 'presence'
const start = (args: string[]): CliProcess => startCli(args, { broker: broker.url })

async function listening(args: string[], url: string = broker.url): Promise<CliProcess> {
  const process = startCli(args, { broker: url })
  await process.shows('listening to')
  return process
}

describe('pub', () => {
  it('publishes JSON, and says so on standard error only', async () => {
    const messages = bus.messages(`${NAMESPACE}/pub/#`)
    await messages.ready
    const result = await runCli(['pub', `${NAMESPACE}/pub/a`, '{"price":1}'], { broker: broker.url })
    expect(result).toEqual({ stdout: '', stderr: `published on ${NAMESPACE}/pub/a\n`, exitCode: 0 })
    expect((await messages.next()).value).toMatchObject({ topic: `${NAMESPACE}/pub/a`, data: { price: 1 } })
    await runCli(['pub', `${NAMESPACE}/pub/b`, '-', '--qos', '0'], { broker: broker.url, input: '[1,2]' })
    expect((await messages.next()).value).toMatchObject({ topic: `${NAMESPACE}/pub/b`, data: [1, 2] })
    await messages.close()
  })

  it('lets the broker keep a message where it can, and says so where it cannot', async () => {
    const kept = await runCli(['pub', `${NAMESPACE}/kept`, '1', '--retain'], { broker: broker.url })
    if (!bus.capabilities.retained) {
      expect(kept).toMatchObject({ stderr: expect.stringContaining('keeps no retained messages'), exitCode: 4 })
      return
    }
    const { stdout } = await runCli(['sub', `${NAMESPACE}/kept`, '--count', '1'], { broker: broker.url })
    expect(JSON.parse(stdout)).toEqual({ topic: `${NAMESPACE}/kept`, retained: true, data: 1 })
  })

  it('never lets the broker keep a command', async () => {
    const refused = await runCli(['pub', `${NAMESPACE}/alpha/balance/limit`, '{}', '--retain'], { broker: broker.url })
    expect(refused).toMatchObject({ stdout: '', exitCode: 4 })
    expect(refused.stderr).toContain('is a command of a bot')
  })

  it('refuses what is no JSON, and a wildcard, as wrong usage', async () => {
    expect(await runCli(['pub', `${NAMESPACE}/x`, 'text'], { broker: broker.url })).toMatchObject({
      stdout: '',
      exitCode: 4,
    })
    expect(await runCli(['pub', `${NAMESPACE}/+`, '1'], { broker: broker.url })).toMatchObject({
      stdout: '',
      exitCode: 4,
    })
  })
})

describe('sub', () => {
  it('prints one line of JSON for each message until Ctrl-C, and ends with 130', async () => {
    const process = await listening(['sub', `${NAMESPACE}/sub/+`])
    await bus.publish(`${NAMESPACE}/sub/a`, { n: 1, text: '\u001b[2J' })
    await process.shows(`${NAMESPACE}/sub/a`)
    expect(await process.kill('SIGINT')).toEqual({
      stdout: `{"topic":"${NAMESPACE}/sub/a","retained":false,"data":{"n":1,"text":"\\u001b[2J"}}\n`,
      stderr: `listening to ${NAMESPACE}/sub/+\n`,
      exitCode: 130,
    })
  })

  it('ends on SIGTERM in the same way', async () => {
    const process = await listening(['sub', `${NAMESPACE}/term/#`])
    expect(await process.kill('SIGTERM')).toMatchObject({ exitCode: 130 })
  })

  it('ends with 0 after --count messages', async () => {
    const process = await listening(['sub', `${NAMESPACE}/count`, '--count', '2', '-o', 'table'])
    for (const text of ['a', 'b', 'c']) await bus.publish(`${NAMESPACE}/count`, text, { qos: 1 })
    expect(await process.ended).toMatchObject({
      stdout: `${NAMESPACE}/count  "a"\n${NAMESPACE}/count  "b"\n`,
      exitCode: 0,
    })
  })

  it('ends with 5 when too few messages came in time, with 0 when none were asked for', async () => {
    const args = ['sub', `${NAMESPACE}/none`, '--wait', '200ms']
    expect(await runCli([...args, '--count', '1'], { broker: broker.url })).toEqual({
      stdout: '',
      stderr: `listening to ${NAMESPACE}/none\nbotbus: 0 of 1 messages arrived within 200ms\n`,
      exitCode: 5,
    })
    expect(await runCli(args, { broker: broker.url })).toMatchObject({ exitCode: 0 })
  })

  it('ends quietly when the reader of its output leaves', async () => {
    const process = await listening(['sub', `${NAMESPACE}/head`, '--wait', '50s'])
    process.child.stdout?.destroy()
    await bus.publish(`${NAMESPACE}/head`, 1)
    expect(await process.ended).toEqual({ stdout: '', stderr: `listening to ${NAMESPACE}/head\n`, exitCode: 0 })
  })

  it('ends quietly when the reader of its help leaves', async () => {
    const process = startCli(['--help'])
    process.child.stdout?.destroy()
    expect(await process.ended).toEqual({ stdout: '', stderr: '', exitCode: 0 })
  })

  it('tells what it cannot read, and goes on', async () => {
    const process = await listening(['sub', `${NAMESPACE}/bytes`, '--count', '1'])
    const tooDeep = Array.from({ length: 100 }).reduce((inner) => [inner], 1)
    await bus.publish(`${NAMESPACE}/bytes`, tooDeep)
    await process.shows(`dropped a message on ${NAMESPACE}/bytes (invalid)`)
    await bus.publish(`${NAMESPACE}/bytes`, 1)
    expect(await process.ended).toMatchObject({
      stdout: `{"topic":"${NAMESPACE}/bytes","retained":false,"data":1}\n`,
      exitCode: 0,
    })
  })

  it('goes on by itself when the broker was killed and started again', async () => {
    const own = await startOwnBroker()
    const process = await listening(['sub', `${NAMESPACE}/again`, '--count', '1', '--wait', '50s'], own.url)
    await own.kill()
    await process.shows('the link to the broker was lost')
    await own.start()
    await process.shows('connected again')
    const publisher = await openBus(own.url)
    await publisher.publish(`${NAMESPACE}/again`, 1)
    expect(await process.ended).toMatchObject({
      stdout: `{"topic":"${NAMESPACE}/again","retained":false,"data":1}\n`,
      exitCode: 0,
    })
    await publisher.close()
    await own.stop()
  })
})

describe('call and serve', () => {
  it('call prints the reply as it is', async () => {
    await using _ = await bus.serve(`${NAMESPACE}/double`, (data) => ({ twice: (data as { n: number }).n * 2 }))
    const result = await runCli(['call', `${NAMESPACE}/double`, '{"n":21}', '-o', 'ndjson'], { broker: broker.url })
    expect(result).toEqual({ stdout: '{"twice":42}\n', stderr: '', exitCode: 0 })
    const fromInput = await runCli(['call', `${NAMESPACE}/double`, '-'], { broker: broker.url, input: '{"n":1}' })
    expect(JSON.parse(fromInput.stdout)).toEqual({ twice: 2 })
  })

  it('call ends with 1 when the handler fails', async () => {
    await using _ = await bus.serve(`${NAMESPACE}/fails`, () => {
      throw new Error('boom')
    })
    const failed = await runCli(['call', `${NAMESPACE}/fails`], { broker: broker.url })
    expect(failed).toEqual({ stdout: '', stderr: 'botbus: boom\n', exitCode: 1 })
  })

  it('call ends with 2 when nobody serves the address, where the broker can tell', async () => {
    const args = ['call', `${NAMESPACE}/nobody`, '--timeout', '2s']
    const { stdout, stderr, exitCode } = await runCli(args, { broker: broker.url })
    const [code, meaning] = canTell(bus) ? [2, '(nothing was sent)'] : [5, 'it may have run']
    expect({ stdout, exitCode }).toEqual({ stdout: '', exitCode: code })
    expect(stderr).toContain(meaning)
  })

  it('serve answers every call with its reply until it has answered --count', async () => {
    const process = start(['serve', `${NAMESPACE}/fixed`, '--reply', '{"ok":true}', '--count', '2'])
    await process.shows(`serving ${NAMESPACE}/fixed`)
    await expect(bus.call(`${NAMESPACE}/fixed`, { a: 1 })).resolves.toEqual({ ok: true })
    await expect(bus.call(`${NAMESPACE}/fixed`, { a: 2 })).resolves.toEqual({ ok: true })
    expect(await process.ended).toEqual({
      stdout: `{"address":"${NAMESPACE}/fixed","data":{"a":1}}\n{"address":"${NAMESPACE}/fixed","data":{"a":2}}\n`,
      stderr: `serving ${NAMESPACE}/fixed\n`,
      exitCode: 0,
    })
  })

  it('serve gives back what it got with --echo, until Ctrl-C', async () => {
    const process = start(['serve', `${NAMESPACE}/echo`, '--echo', '-o', 'table'])
    await process.shows(`serving ${NAMESPACE}/echo`)
    await expect(bus.call(`${NAMESPACE}/echo`, ['x'])).resolves.toEqual(['x'])
    expect(await process.kill()).toEqual({
      stdout: `${NAMESPACE}/echo  ["x"]\n`,
      stderr: `serving ${NAMESPACE}/echo\n`,
      exitCode: 130,
    })
  })

  it('serve refuses to answer nothing, and two answers', async () => {
    expect(await runCli(['serve', `${NAMESPACE}/x`], { broker: broker.url })).toMatchObject({ exitCode: 4 })
    const both = await runCli(['serve', `${NAMESPACE}/x`, '--echo', '--reply', '1'], { broker: broker.url })
    expect(both).toMatchObject({ exitCode: 4 })
  })
})
