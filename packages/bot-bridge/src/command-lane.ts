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

  run<Answer>(name: string, task: (signal: AbortSignal) => Promise<Answer>): Promise<Answer> {
    return new Promise<Answer>((resolve, reject) => {
      const command: Waiting = { name, task, resolve: resolve as Waiting['resolve'], reject }
      if (name === 'stop') this.#overtake(command)
      else if (this.#waiting.length >= CAPACITY) reject(new CommandError(`${CAPACITY} commands are waiting already`))
      else this.#waiting.push(command)
      this.#next()
    })
  }

  #overtake(stop: Waiting): void {
    const isStart = ({ name }: { name: string }): boolean => name === 'start'
    for (const start of this.#waiting.filter(isStart))
      start.reject(new CommandError('a stop arrived before the start ran'))
    const others = this.#waiting.filter((waiting) => !isStart(waiting))
    const stops = others.filter(({ name }) => name === 'stop')
    this.#waiting = [...stops, stop, ...others.filter(({ name }) => name !== 'stop')]
    if (this.#running && isStart(this.#running)) this.#running.controller.abort(new CommandError('a stop arrived'))
  }

  #next(): void {
    const command = this.#running ? undefined : this.#waiting.shift()
    if (!command) return
    const controller = new AbortController()
    this.#running = { name: command.name, controller }
    command
      .task(controller.signal)
      .then(command.resolve, command.reject)
      .finally(() => {
        this.#running = undefined
        this.#next()
      })
  }
}
