import { CommandError } from './bot.ts'

interface Waiting {
  readonly name: string
  readonly task: (signal: AbortSignal) => Promise<unknown>
  readonly resolve: (answer: unknown) => void
  readonly reject: (error: unknown) => void
}

const CAPACITY = 100

/**
 * Runs the commands of one bot one at a time, in order. A `stop` goes before all that wait, aborts a start that
 * runs, and cancels the starts that wait: a bot that was told to stop must not start afterwards.
 */
export class CommandLane {
  #waiting: Waiting[] = []
  #running: { name: string; controller: AbortController } | undefined
  #isClosed = false

  /** Settles as `task` does, or rejects when the command does not run: overtaken by a stop, too many waiting, closed. */
  run<Answer>(name: string, task: (signal: AbortSignal) => Promise<Answer>): Promise<Answer> {
    return new Promise<Answer>((resolve, reject) => {
      const command: Waiting = { name, task, resolve: resolve as Waiting['resolve'], reject }
      if (this.#isClosed) reject(new CommandError('the bridge was stopped'))
      else if (name === 'stop') this.#overtake(command)
      else if (this.#waiting.length >= CAPACITY) reject(new CommandError(`${CAPACITY} commands are waiting already`))
      else this.#waiting.push(command)
      void this.#next()
    })
  }

  /** Refuses what waits and what comes; what runs goes on. */
  close(): void {
    this.#isClosed = true
    this.#cancel(() => true, 'the bridge was stopped')
  }

  #overtake(stop: Waiting): void {
    this.#cancel(({ name }) => name === 'start', 'a stop arrived before the start ran')
    const stops = this.#waiting.filter(({ name }) => name === 'stop')
    this.#waiting = [...stops, stop, ...this.#waiting.filter(({ name }) => name !== 'stop')]
    if (this.#running?.name === 'start') this.#running.controller.abort(new CommandError('a stop arrived'))
  }

  #cancel(isMeant: (command: Waiting) => boolean, reason: string): void {
    const cancelled = this.#waiting.filter(isMeant)
    this.#waiting = this.#waiting.filter((command) => !isMeant(command))
    for (const command of cancelled) command.reject(new CommandError(reason))
  }

  async #next(): Promise<void> {
    const command = this.#running ? undefined : this.#waiting.shift()
    if (!command) return
    const controller = new AbortController()
    this.#running = { name: command.name, controller }
    try {
      command.resolve(await command.task(controller.signal))
    } catch (error) {
      command.reject(error)
    }
    this.#running = undefined
    void this.#next()
  }
}
