import { readdir, readFile } from 'node:fs/promises'
import { fileURLToPath } from 'node:url'

const folder = fileURLToPath(new URL('template/', import.meta.url))
const ENDING = '.template'

/** The files of a plugin by path: `src/index.ts`. */
export async function fillTemplate({ name, isMember, folder: place }) {
  const words = {
    NAME: name,
    MODULE: isMember ? `./${place}/src/index.ts` : './src/index.ts',
    TEST: isMember ? `pnpm vitest run --project unit ${place}` : 'npm test',
  }
  const paths = (await readdir(folder, { recursive: true })).filter((path) => path.endsWith(ENDING))
  const files = await Promise.all(
    paths.map(async (path) => {
      const text = await readFile(`${folder}/${path}`, 'utf8')
      return [path.slice(0, -ENDING.length), text.replace(/__([A-Z]+)__/g, (whole, word) => words[word] ?? whole)]
    }),
  )
  return Object.fromEntries(files)
}
