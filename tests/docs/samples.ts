import { globSync, readFileSync } from 'node:fs'

/** A fenced block of a Markdown file, or a column of commands in one of its tables. */
export interface Sample {
  readonly file: string
  readonly line: number
  readonly language: string
  readonly text: string
}

/** How many lines of the Markdown files open or close a block, whatever they look like. */
export function countFences(root: string): number {
  return markdownFiles(root).flatMap((file) => read(root, file).match(/^\s*(```|~~~)/gm) ?? []).length
}

/** Every fenced block of every Markdown file of the project. */
export function samples(root: string): Sample[] {
  return markdownFiles(root).flatMap((file) => blocksOf(file, read(root, file)))
}

/** Every table of commands of every Markdown file of the project. */
export function commandTables(root: string): Sample[] {
  return markdownFiles(root).flatMap((file) => commandTablesOf(file, read(root, file)))
}

/** Paths from `root`, sorted. */
export function markdownFiles(root: string): string[] {
  const options = { cwd: root, exclude: (name: unknown) => String(name).includes('node_modules') }
  return globSync('{*.md,{docs,packages,plugins,apps,examples}/**/*.md}', options).sort()
}

function read(root: string, file: string): string {
  return readFileSync(`${root}/${file}`, 'utf8')
}

function blocksOf(file: string, markdown: string): Sample[] {
  const blocks: Sample[] = []
  for (const match of markdown.matchAll(/^```(\w*)\n(.*?)^```$/gms)) {
    const line = markdown.slice(0, match.index).split('\n').length
    blocks.push({ file, line, language: match[1] ?? '', text: match[2] ?? '' })
  }
  return blocks
}

/** The commands of tables whose last column is one `botbus` command in each row, top to bottom. */
function commandTablesOf(file: string, markdown: string): Sample[] {
  return [...markdown.matchAll(/^(\|.* \| `botbus [^`]+` \|\n)+/gm)].map((table) => ({
    file,
    line: markdown.slice(0, table.index).split('\n').length,
    language: 'bash',
    text: table[0].replaceAll(/^.* \| `(.*)` \|$/gm, '$1'),
  }))
}
