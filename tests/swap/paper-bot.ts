import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Connection } from '../../apps/paper-bot/src/program/connection.ts'
import { makeBot } from '../../apps/paper-bot/src/program/make-bot.ts'
import { readOptions } from '../../apps/paper-bot/src/program/options.ts'
import { PaperBotProcess } from '../support/paper-bot-process.ts'

/** The real paper bot, wherever it runs. */
export interface RunningBot extends AsyncDisposable {
  /** Says goodbye and ends it. Resolves to its exit code. */
  stop(): Promise<number | null>
}

/** A process of its own; on `memory:`, which lives in one process, the same program inside this one. */
export async function startPaperBot(url: string, id: string, namespace: string): Promise<RunningBot> {
  const folder = mkdtempSync(join(tmpdir(), 'botbus-swap-'))
  const config = join(folder, 'botbus.config.yaml')
  writeFileSync(config, `bridge: { namespace: ${namespace} }\n`)
  try {
    return url.startsWith('memory:')
      ? await startInside(url, id, config)
      : await PaperBotProcess.start(id, url, '--config', config)
  } finally {
    rmSync(folder, { recursive: true })
  }
}

async function startInside(url: string, id: string, file: string): Promise<RunningBot> {
  const options = readOptions(['node', 'paper-bot', '--id', id, '--broker', url, '--config', file], '0.0.0')
  const { bot, config } = await makeBot(options)
  const connection = new Connection({ bot, config, say: (text) => process.stderr.write(`${text}\n`) })
  await connection.open()
  const end = async (): Promise<void> => {
    bot.close()
    await connection.close()
  }
  return { stop: () => end().then(() => 0), [Symbol.asyncDispose]: end }
}
