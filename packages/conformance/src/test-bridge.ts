import { describe } from 'vitest'
import { channels } from './bridge/channels.ts'
import { commands } from './bridge/commands.ts'
import { directory } from './bridge/directory.ts'
import { killedBot } from './bridge/killed-bot.ts'
import { outage } from './bridge/outage.ts'
import { safety } from './bridge/safety.ts'
import { blockOf } from './stage/names.ts'
import type { ConformanceSubject } from './subject.ts'
import { openSuite } from './suite.ts'

/** Registers the tests of bots and their controllers, end to end over the transport. To be called in a test file, once. */
export function testBridge(subject: ConformanceSubject): void {
  describe(blockOf(subject.name, 'bridge'), () => {
    const suite = openSuite(subject)
    for (const theme of [commands, channels, directory, safety, outage, killedBot]) theme(suite)
  })
}
