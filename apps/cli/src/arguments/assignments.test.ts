import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Readable } from 'node:stream'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { readAssignments } from './assignments.ts'

const wrongUsage = expect.objectContaining({ exitCode: 4 })
let folder = ''

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'botbus-cli-'))
})

afterAll(() => rm(folder, { recursive: true }))

describe('readAssignments', () => {
  it('reads JSON values as JSON and anything else as text', async () => {
    const assignments = ['a.b=1', 'c=true', 'd=kucoin', 'e="1"', 'f=[1,2]', 'g=', 'h=x=y']
    await expect(readAssignments(assignments)).resolves.toEqual([
      ['a.b', 1],
      ['c', true],
      ['d', 'kucoin'],
      ['e', '1'],
      ['f', [1, 2]],
      ['g', ''],
      ['h', 'x=y'],
    ])
  })

  it('takes text from a file, without its last newline', async () => {
    const file = join(folder, 'password.txt')
    await writeFile(file, '12345\n')
    await expect(readAssignments([`mqtt_bridge.mqtt_password=@${file}`])).resolves.toEqual([
      ['mqtt_bridge.mqtt_password', '12345'],
    ])
  })

  it('takes text from standard input', async () => {
    await expect(readAssignments(['api_key=@-'], Readable.from(['abc\r\n']))).resolves.toEqual([['api_key', 'abc']])
  })

  it('refuses a secret on the command line, and does not repeat it', async () => {
    const refused = readAssignments(['mqtt_bridge.mqtt_password=hunter2'])
    await expect(refused).rejects.toThrow(wrongUsage)
    await expect(refused).rejects.not.toThrow('hunter2')
  })

  it('lets a secret be emptied', async () => {
    await expect(readAssignments(['mqtt_password='])).resolves.toEqual([['mqtt_password', '']])
  })

  it.each(['novalue', '=1', ''])('refuses %j', async (assignment) => {
    await expect(readAssignments([assignment])).rejects.toThrow(wrongUsage)
  })

  it('refuses a file that is missing, and standard input for two values', async () => {
    await expect(readAssignments([`a=@${join(folder, 'missing')}`])).rejects.toThrow(wrongUsage)
    expect(() => readAssignments(['a=@-', 'b=@-'])).toThrow(wrongUsage)
  })
})
