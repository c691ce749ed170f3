/** Wrong usage, as in all programs. */
const WRONG_NODE = 4

/** Why `program` cannot run on this version of Node; undefined where it can. */
export function nodeProblem(program: string, version: string): string | undefined {
  const [major = 0, minor = 0] = version.split('.').map(Number)
  if (major > 22 || (major === 22 && minor >= 13)) return undefined
  return `${program} needs Node 22.13 or later, this is ${version}; in the repository use: npm run -s botbus -- ...`
}

/**
 * Runs a program and takes its exit code, or says that this Node is too old for it. Imports nothing, and `run` imports the
 * program: what an old Node cannot load is never reached.
 */
export async function runOnSupportedNode(program: string, run: () => Promise<number>): Promise<void> {
  const problem = nodeProblem(program, process.versions.node)
  if (problem !== undefined) process.stderr.write(`${problem}\n`)
  process.exitCode = problem === undefined ? await run() : WRONG_NODE
}
