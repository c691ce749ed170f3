import { Readable } from 'node:stream'
import { expect, it } from 'vitest'
import { readJson, readJsonObject } from './json.ts'

const wrongUsage = expect.objectContaining({ exitCode: 4 })

it('reads an argument as JSON', async () => {
  await expect(readJson('the message', '{"a":[1,null]}')).resolves.toEqual({ a: [1, null] })
  await expect(readJson('the message', '"text"')).resolves.toBe('text')
})

it('reads standard input for -', async () => {
  await expect(readJson('the message', '-', Readable.from(['{"a"', ':1}\n']))).resolves.toEqual({ a: 1 })
})

it.each(['', 'text', '{a:1}', '{"a":1'])('refuses %j as wrong usage', async (text) => {
  await expect(readJson('the message', text)).rejects.toThrow(wrongUsage)
})

it.each(['[]', 'null', '1', '"text"'])('refuses %s where an object is needed', async (text) => {
  await expect(readJsonObject('the data', text)).rejects.toThrow(wrongUsage)
})
