// Starts programs in order, notices when one ends by itself, stops them in the reverse order.
import { Child } from './child.mjs'

const READY_WITHIN = 60_000
const STOP_WITHIN = 8_000

export class Supervisor {
  /** Groups of children, each group started and stopped together. */
  #groups = []
  #stopping = false
  #fail

  /** Resolves to `{ failure }`, a text, when a program ends by itself or is not ready in time. */
  failed = new Promise((resolve) => {
    this.#fail = (failure) => resolve({ failure })
  })

  /** Starts programs side by side. Resolves when all are ready; never when one fails: see `failed`. */
  async start(programs) {
    if (this.#stopping) return new Promise(() => {})
    const children = programs.map((program) => new Child(program))
    this.#groups.push(children)
    for (const child of children) this.#watch(child)
    await Promise.all(children.map((child) => child.ready))
  }

  /** Resolves to true when all ended as they were asked to. */
  async stop() {
    this.#stopping = true
    let clean = true
    for (const children of this.#groups.toReversed()) {
      const answers = await Promise.all(children.map((child) => child.stop(STOP_WITHIN)))
      for (const [index, ended] of answers.entries()) {
        if (ended) continue
        clean = false
        process.stderr.write(
          `botbus: ${children[index].name} did not stop within ${STOP_WITHIN / 1000} s and was killed\n`,
        )
      }
    }
    return clean
  }

  kill() {
    for (const child of this.#groups.flat()) child.kill()
  }

  #watch(child) {
    const late = setTimeout(() => {
      this.#fail(
        `botbus: ${child.name} was not ready within ${READY_WITHIN / 1000} s. Its last lines:\n${child.lastLines}`,
      )
    }, READY_WITHIN)
    child.ready.then(() => clearTimeout(late))
    child.ended.then((how) => {
      clearTimeout(late)
      if (!this.#stopping) this.#fail(`botbus: ${child.name} ${how}. Its last lines:\n${child.lastLines}`)
    })
  }
}
