import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { expect, it } from 'vitest'
import { ScriptsCopy } from './scripts-copy.ts'

const PROGRAM = `import('./scripts/python.mjs').then(async ({ ensurePython }) => console.log(await ensurePython()))`

it('makes the interop Python also without root where the venv package is missing, as Debian’s Python is when new', async () => {
  await using copy = await ScriptsCopy.make()
  await writeFile(join(copy.folder, 'ensurepip.py'), "raise ImportError('not installed')\n")
  const made = await copy.run(process.execPath, ['--eval', PROGRAM], { env: { PYTHONPATH: copy.folder } })
  expect(made, made.stderr).toMatchObject({ exitCode: 0 })
  expect(made.stderr).toContain('bringing the Debian package python3-pip-whl')
  const imported = await copy.run(made.stdout, ['-c', 'import commlib, paho.mqtt, pika, redis, confluent_kafka'])
  expect(imported, imported.stderr).toMatchObject({ exitCode: 0 })
})
