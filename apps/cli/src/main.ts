#!/usr/bin/env node
import { runOnSupportedNode } from '@botbus/config/node-version'

await runOnSupportedNode('botbus', async () => (await import('./run.ts')).run(process.argv))
