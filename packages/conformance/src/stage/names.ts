import type { ConformanceMeta } from './meta.ts'

const BLOCKS = { transport: 'conformance of the transport', bridge: 'bots, end to end' } as const

/** The name of the block of tests of a subject. */
export function blockOf(subject: string, kind: keyof typeof BLOCKS): string {
  return `${subject}: ${BLOCKS[kind]}`
}

/** The subject of a block of that name, if it is one of ours. */
export function subjectOf(block: string): string | undefined {
  const ending = Object.values(BLOCKS).find((text) => block.endsWith(`: ${text}`))
  return ending === undefined ? undefined : block.slice(0, -ending.length - 2)
}

/** The name of a test begins with its item's number, if it has one. */
export function nameOf(item: ConformanceMeta['item'], text: string): string {
  return item === 'bridge' ? text : `${String(item).padStart(2, '0')} ${text}`
}

export function itemOf(name: string): ConformanceMeta['item'] {
  const number = /^(\d\d) /.exec(name)?.[1]
  return number === undefined ? 'bridge' : Number(number)
}
