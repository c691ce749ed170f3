import { readFileSync } from 'node:fs'
import { expect, it } from 'vitest'
import { ALERT_CODES } from './codes.ts'
import { route } from './config/route.ts'

const readme = readFileSync(new URL('../README.md', import.meta.url), 'utf8')

/** The rows between `<!-- name -->` and `<!-- /name -->`, cell by cell. */
function rowsOf(name: string): string[][] {
  const [, table = ''] = readme.split(new RegExp(`<!-- /?${name} -->`))
  const lines = table.trim().split('\n').slice(2)
  return lines.map((line) =>
    line
      .split('|')
      .slice(1, -1)
      .map((cell) => cell.trim()),
  )
}

it('the README tells every code, its answer and its meaning', () => {
  const codes: [string, { status?: number; meaning: string }][] = Object.entries(ALERT_CODES)
  expect(rowsOf('codes')).toEqual(
    codes.map(([code, { status, meaning }]) => [`\`${code}\``, `${status ?? ''}`, meaning]),
  )
})

it('the README tells every setting of a route', () => {
  const told = rowsOf('settings').flatMap(([names = '']) => [...names.matchAll(/`(\w+)`/g)].map(([, name]) => name))
  expect(told.sort()).toEqual(Object.keys(route.shape).sort())
})
