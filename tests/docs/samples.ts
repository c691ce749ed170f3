import { globSync, readFileSync } from 'node:fs'

/** A fenced block of a Markdown file. */
export interface Sample {
  readonly file: string
  readonly line: number
  readonly language: string
  readonly text: string
}

/** Every fenced block of every Markdown file of the project. */
export function samples(root: string): Sample[] {
  const files = globSync('{*.md,{docs,packages,plugins,apps,examples}/**/*.md}', {
    cwd: root,
    exclude: (name) => String(name).includes('node_modules'),
  })
  return files.sort().flatMap((file) => blocksOf(file, readFileSync(`${root}/${file}`, 'utf8')))
}

function blocksOf(file: string, markdown: string): Sample[] {
  const blocks: Sample[] = []
  for (const match of markdown.matchAll(/^```(\w*)\n(.*?)^```$/gms)) {
    const line = markdown.slice(0, match.index).split('\n').length
    blocks.push({ file, line, language: match[1] ?? '', text: match[2] ?? '' })
  }
  return blocks
}
