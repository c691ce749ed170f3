import { BotClient } from '@botbus/bridge'
import { connectBus } from '@botbus/core'
import { mqtt } from '@botbus/mqtt'
import { expect, it, onTestFinished } from 'vitest'
import { type MosquittoInstance, startMosquitto } from '../../scripts/broker/mosquitto/mosquitto.mjs'
import { PaperBotProcess } from '../support/paper-bot-process.ts'
import { address } from './brokers.ts'
import { PythonPeer } from './python-peer.ts'

async function openBroker(): Promise<MosquittoInstance> {
  const broker = await startMosquitto()
  onTestFinished(() => broker.stop())
  return broker
}

async function openPython(program: string, broker: MosquittoInstance, ...args: string[]): Promise<PythonPeer> {
  const peer = await PythonPeer.start(program, [...address(broker), ...args])
  onTestFinished(() => peer[Symbol.asyncDispose]())
  return peer
}

const RECONNECTED = { timeout: 40_000, interval: 100 }

it('a commlib-py client calls a bot again after the broker was killed and started again', async () => {
  const broker = await openBroker()
  const bot = await PaperBotProcess.start('testbot', broker.url)
  onTestFinished(() => bot[Symbol.asyncDispose]())
  const client = await openPython('rpc_client.py', broker, '--name', 'hbot/testbot/history')
  const history = { status: 200, msg: '', trades: [] }
  expect(await client.order({ data: {} })).toMatchObject({ answer: history })

  await broker.kill()
  expect(await client.order({ data: {}, timeout: 1 })).toHaveProperty('error')
  await broker.start()

  await expect.poll(() => client.order({ data: {}, timeout: 1 }), RECONNECTED).toMatchObject({ answer: history })
})

it('a bus calls a commlib-py service again after the broker was killed and started again', async () => {
  const broker = await openBroker()
  const bus = await connectBus(mqtt({ url: broker.url }))
  onTestFinished(() => bus.close())
  await openPython('bot_service.py', broker, '--bot', 'pybot')
  const bot = new BotClient(bus, 'pybot', { timeout: 1_000 })
  const running = { status: 200, msg: '', data: 'running' }
  expect(await bot.status()).toEqual(running)

  await broker.kill()
  await expect(bot.status()).rejects.toMatchObject({ code: 'NOT_CONNECTED' })
  await broker.start()

  await expect.poll(() => bot.status().catch((error: unknown) => error), RECONNECTED).toEqual(running)
})
