// scripts/brokers up|down|status. Must run on Node 18, like scripts/bootstrap: what an old Node cannot load is imported late.
import { fileURLToPath } from 'node:url'
import { findNode, wantedVersion } from './bootstrap/node.mjs'
import { runTarget } from './bootstrap/run-target.mjs'

const node = findNode()
if (node === process.execPath) {
  await import('./broker/command.mjs')
} else if (node === undefined) {
  console.error(
    `brokers: Node ${wantedVersion} or later is needed, this is ${process.versions.node}; npm run setup brings one that this script then uses`,
  )
  process.exitCode = 1
} else {
  const args = [fileURLToPath(import.meta.url), ...process.argv.slice(2)]
  process.exitCode = await runTarget(node, args, { env: process.env })
}
