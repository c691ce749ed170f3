import type { Command } from 'commander'
import { withExamples } from '../examples.ts'
import { addTradingviewTest } from './webhook-test.ts'

export function addWebhookCommands(parent: Command): void {
  const webhook = parent.command('webhook').description('Try, explain and write alerts that other programs send')
  const tradingview = webhook.command('tradingview').description('Alerts of TradingView')
  addTradingviewTest(tradingview)
  withExamples(tradingview, ['botbus webhook tradingview test demo'])
  withExamples(webhook, ['botbus webhook tradingview --help'])
}
