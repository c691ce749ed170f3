import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { SecretText } from '../config/secret-text.ts'
import { revealSecret } from './reveal-secret.ts'

let folder = ''

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'botbus-secret-'))
  await writeFile(join(folder, 'tv'), 'from a file\n')
})

afterAll(() => rm(folder, { recursive: true }))

const options = () => ({ env: { TV: 'from the environment', EMPTY: '' }, folder })

it('reveals the first secret of a route, wherever it is kept', () => {
  const written = new SecretText('written out')
  expect(revealSecret({ secrets: [written, { env: 'TV' }] }, options())).toBe('written out')
  expect(revealSecret({ secrets: [{ env: 'TV' }, written] }, options())).toBe('from the environment')
  expect(revealSecret({ secrets: [{ file: 'tv' }] }, options())).toBe('from a file')
  expect(revealSecret({ secrets: [] }, options())).toBeUndefined()
})

it.each([{ env: 'NONE' }, { env: 'EMPTY' }, { file: 'none' }])('refuses %j, which is not there', (source) => {
  expect(() => revealSecret({ secrets: [source] }, options())).toThrow(
    expect.objectContaining({
      code: 'INVALID_ARGUMENT',
      message: expect.stringContaining(Object.values(source)[0] ?? ''),
    }),
  )
})
