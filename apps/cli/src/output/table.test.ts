import { expect, it } from 'vitest'
import { cellOf, renderTable } from './table.ts'

it('aligns columns and leaves no spaces at the ends of lines', () => {
  const table = renderTable(
    ['ID', 'HEALTH'],
    [
      ['alpha', 'online'],
      ['b', ''],
    ],
  )
  expect(table).toBe('ID     HEALTH\nalpha  online\nb')
})

it('escapes every cell', () => {
  expect(renderTable(['ID'], [['a\u001b[31m\nb']])).toBe('ID\na\\x1b[31m\\nb')
})

it('counts a symbol outside the basic plane once', () => {
  expect(renderTable(['A', 'B'], [['🚀', 'x']])).toBe('A  B\n🚀  x')
})

it.each([
  [null, ''],
  [undefined, ''],
  ['text', 'text'],
  [0.5, '0.5'],
  [[1, 'a'], '[1,"a"]'],
])('shows %j as %s', (value, cell) => {
  expect(cellOf(value)).toBe(cell)
})
