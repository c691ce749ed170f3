import type { Task } from './task.ts'

/**
 * Runs tasks of one lane one after the other, those of different lanes at the same time. `run` never rejects. How many
 * wait is bounded by the store, which accepts nothing beyond its `maxPending`.
 */
export class Lanes {
  readonly #run: (task: Task) => Promise<void>
  /** What waits behind the task that runs; a lane without an entry is idle. */
  readonly #waiting = new Map<string, Task[]>()
  #running = 0
  #queued = 0
  #isStopped = false
  #onIdle: (() => void) | undefined

  constructor(run: (task: Task) => Promise<void>) {
    this.#run = run
  }

  /** How many lanes are at work. */
  get active(): number {
    return this.#waiting.size
  }

  /** How many tasks wait behind others. */
  get queued(): number {
    return this.#queued
  }

  /** Does nothing once stopped: the store has the task as pending. */
  add(task: Task): void {
    if (this.#isStopped) return
    const lane = this.#waiting.get(task.lane)
    if (lane) {
      lane.push(task)
      this.#queued++
      return
    }
    this.#waiting.set(task.lane, [])
    void this.#work(task)
  }

  /** Begins no further task. Resolves when those that run have ended. */
  async stop(): Promise<void> {
    this.#isStopped = true
    this.#queued = 0
    if (this.#running > 0) await new Promise<void>((resolve) => (this.#onIdle = resolve))
  }

  async #work(first: Task): Promise<void> {
    this.#running++
    const { lane } = first
    let tasks = [first]
    while (tasks.length > 0 && !this.#isStopped) {
      for (const task of tasks) {
        if (this.#isStopped) break
        if (task !== first) this.#queued--
        await this.#run(task)
      }
      // What came meanwhile is taken as a whole: shifting a long array costs its length each time.
      tasks = this.#waiting.get(lane) ?? []
      if (tasks.length > 0) this.#waiting.set(lane, [])
    }
    this.#waiting.delete(lane)
    this.#running--
    if (this.#running === 0) this.#onIdle?.()
  }
}
