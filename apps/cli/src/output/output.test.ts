import { PassThrough } from 'node:stream'
import { text } from 'node:stream/consumers'
import { describe, expect, it } from 'vitest'
import { chooseFormat, type Format, Output } from './output.ts'

async function printed(format: Format, print: (output: Output) => Promise<void>): Promise<string> {
  const stream = new PassThrough()
  await print(new Output(stream, format, new AbortController().signal))
  return text(stream.end())
}

describe('chooseFormat', () => {
  it.each([
    [undefined, 'answer', true, 'table'],
    [undefined, 'stream', true, 'table'],
    [undefined, 'answer', false, 'json'],
    [undefined, 'stream', false, 'ndjson'],
    ['table', 'stream', false, 'table'],
    ['ndjson', 'answer', true, 'ndjson'],
    ['json', 'stream', true, 'json'],
  ] as const)('asked for %s, an %s on a terminal (%s) is %s', (asked, shape, isTerminal, format) => {
    expect(chooseFormat(asked, shape, isTerminal)).toBe(format)
  })
})

describe('Output', () => {
  const value = { a: 1, b: ['x'] }
  const toText = (): string => 'for people'

  it('prints text in a table, and nothing for no text', async () => {
    expect(await printed('table', (output) => output.print(value, toText))).toBe('for people\n')
    expect(await printed('table', (output) => output.print(value, () => ''))).toBe('')
  })

  it('prints an indented document as json, one line as ndjson', async () => {
    const json = await printed('json', (output) => output.print(value, toText))
    expect(json).toBe(`${JSON.stringify(value, null, 2)}\n`)
    expect(await printed('ndjson', (output) => output.print(value, toText))).toBe('{"a":1,"b":["x"]}\n')
  })

  it('prints a list as one array in json, as one line for each in ndjson', async () => {
    expect(JSON.parse(await printed('json', (output) => output.printList([1, 2], toText)))).toEqual([1, 2])
    expect(await printed('ndjson', (output) => output.printList([1, 2], toText))).toBe('1\n2\n')
    expect(await printed('json', (output) => output.printList([], toText))).toBe('[]\n')
  })

  it('waits for a slow reader', async () => {
    const stream = new PassThrough({ highWaterMark: 1 })
    const output = new Output(stream, 'ndjson', new AbortController().signal)
    let isPrinted = false
    const printing = output.print('x'.repeat(100), toText).then(() => {
      isPrinted = true
    })
    await new Promise((resolve) => setImmediate(resolve))
    expect(isPrinted).toBe(false)
    stream.resume()
    await printing
    expect(isPrinted).toBe(true)
  })

  it('stops waiting for a reader when the command ends', async () => {
    const end = new AbortController()
    const output = new Output(new PassThrough({ highWaterMark: 1 }), 'ndjson', end.signal)
    const printing = output.print('x'.repeat(100), toText)
    end.abort()
    await expect(printing).rejects.toThrow()
  })
})
