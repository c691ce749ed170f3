import type { Command } from 'commander'
import { withExamples } from '../examples.ts'
import { addTradingviewExplain } from './webhook-explain.ts'
import { addTradingviewGenerate } from './webhook-generate.ts'
import { addTradingviewTest } from './webhook-test.ts'

export function addWebhookCommands(parent: Command): void {
  const webhook = parent.command('webhook').description('Try, explain and write alerts that other programs send')
  const tradingview = webhook.command('tradingview').description('Alerts of TradingView')
  addTradingviewTest(tradingview)
  addTradingviewExplain(tradingview)
  addTradingviewGenerate(tradingview)
  withExamples(tradingview, [
    'botbus webhook tradingview test demo',
    'botbus webhook tradingview explain demo --file alert.json',
    'botbus webhook tradingview generate demo --url-base https://bots.example.org',
  ])
  withExamples(webhook, ['botbus webhook tradingview --help'])
}
