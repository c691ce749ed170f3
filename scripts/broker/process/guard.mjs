// Ends a broker when the process that started it dies without a word, be it by SIGKILL: the guard sees its stdin end.
import { spawn } from 'node:child_process'

/** A dying process may still write, so the folder is removed more than once. $1 is the process group, $2 the folder. What is read is a release; the end of stdin without one is our death. */
const script = `trap '' HUP INT TERM
read -r released && exit
kill -s KILL -- "-$1"
for turn in 1 2 3 4 5; do rm -rf -- "$2"; sleep 0.2; done`

export function startGuard(group, folder) {
  const guard = spawn('/bin/sh', ['-c', script, 'guard', String(group), folder], {
    detached: true,
    cwd: '/',
    stdio: ['pipe', 'ignore', 'ignore'],
  })
  guard.unref()
  guard.stdin.unref()
  // Without a guard, or when it is gone already, there is nothing to release.
  guard.on('error', () => undefined)
  guard.stdin.on('error', () => undefined)
  return { release: () => guard.stdin.end('released\n') }
}
