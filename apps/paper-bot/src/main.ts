#!/usr/bin/env node
import { runOnSupportedNode } from '@botbus/config/node-version'

await runOnSupportedNode('botbus-paper-bot', async () => (await import('./program/run.ts')).run(process.argv))
