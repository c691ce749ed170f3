import { existsSync, readFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { expect, it } from 'vitest'
import { markdownFiles } from './samples.ts'

const root = fileURLToPath(new URL('../..', import.meta.url))
const read = (file: string): string => readFileSync(join(root, file), 'utf8')

it.each(markdownFiles(root))('the links of %s lead to files', (file) => {
  const targets = [...read(file).matchAll(/\]\((?!\w+:|#)([^)#\s]+)/g)].map(([, target = '']) => target)
  expect(targets.filter((target) => !existsSync(join(root, dirname(file), target)))).toEqual([])
})

it('the files of core that ARCHITECTURE.md names exist', () => {
  const names = [...read('ARCHITECTURE.md').matchAll(/`([\w-]+\.ts)`/g)].map(([, name = '']) => name)
  expect(names).toContain('service.ts')
  expect(names.filter((name) => !existsSync(join(root, 'packages/core/src', name)))).toEqual([])
})
