import type { Command } from 'commander'
import { describe, expect, it } from 'vitest'
import { program } from './program.ts'
import { report } from './report.ts'

function everyCommand(command: Command): Command[] {
  return [command, ...command.commands.flatMap(everyCommand)]
}

function pathOf(command: Command): string {
  return command.parent ? `${pathOf(command.parent)} ${command.name()}` : command.name()
}

/** What `botbus ARGS --help` prints. */
async function helpOf(path: string): Promise<string> {
  const root = program()
  let help = ''
  for (const command of everyCommand(root)) command.configureOutput({ writeOut: (text) => (help += text) })
  await root.parseAsync([...path.split(' ').slice(1), '--help'], { from: 'user' }).catch((error: unknown) => {
    expect(report(error)).toBe(0)
  })
  return help
}

describe('help', () => {
  const paths = everyCommand(program()).map(pathOf)

  it('covers every command', () => {
    expect(paths).toContain('botbus bot balance limit')
    for (const name of ['ls', 'start', 'stop', 'status', 'history', 'import', 'config', 'logs', 'events', 'notify']) {
      expect(paths).toContain(`botbus bot ${name}`)
    }
    for (const name of ['pub', 'sub', 'call', 'serve']) expect(paths).toContain(`botbus ${name}`)
    for (const name of ['test', 'explain', 'generate']) expect(paths).toContain(`botbus webhook tradingview ${name}`)
    for (const name of ['verify', 'ls']) expect(paths).toContain(`botbus audit ${name}`)
  })

  it.each(paths)('%s has a description, the global options and examples of itself', async (path) => {
    const help = await helpOf(path)
    const [, examples = ''] = help.split('\nExamples:\n')
    expect(help).toMatch(/^Usage: botbus/)
    expect(help).toContain('--output <format>')
    expect(examples).toContain(path === 'botbus' ? 'botbus bot ls' : path)
  })

  it.each(paths)('%s fits into 80 columns, but for its examples and notes', async (path) => {
    const [described = ''] = (await helpOf(path)).split('\n\nExamples:\n')
    const options = described.split('\n').filter((line) => /^ {2}\S| {20}/.test(line))
    expect(options.filter((line) => line.length > 80)).toEqual([])
  })

  it('shows durations as they are written', async () => {
    expect(await helpOf('botbus bot ls')).toContain('(default: 11s)')
  })

  it.each(paths)('the examples of %s name commands and options that exist', async (path) => {
    const [, examples = ''] = (await helpOf(path)).split('\nExamples:\n')
    const lines = examples.split('\n').flatMap((line) => /botbus [^|]*/.exec(line)?.[0] ?? [])
    expect(lines.length).toBeGreaterThan(0)
    for (const line of lines) {
      const words = line.trim().split(' ').slice(1)
      const command = words.reduce(
        (found, word) => found.commands.find((sub) => sub.name() === word) ?? found,
        program(),
      )
      const known = [...command.options, ...program().options].flatMap(({ short, long }) => [short, long])
      const used = words.filter((word) => /^--?[a-z]/i.test(word) && word !== '--help')
      expect(known, line).toEqual(expect.arrayContaining(used))
    }
  })
})
