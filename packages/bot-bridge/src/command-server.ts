import type { Bus, RequestContext, Service } from '@botbus/core'
import { type Answer, type Requests, refusal, run } from './answers.ts'
import { type Bot, CommandError } from './bot.ts'
import { CommandLane } from './command-lane.ts'
import type { BotContract, CommandName } from './contract/contract.ts'
import { READING, type ServedCommand, servedCommands } from './served-commands.ts'

interface CommandServerOptions {
  readonly bus: Bus
  readonly bot: Bot
  readonly contract: BotContract
  readonly id: string
  /** After so many ms a command is answered with 400, whatever the bot still does. */
  readonly timeout: number
  /** Whether another bot uses the id: only stop is accepted then. */
  readonly hasConflict: () => boolean
}

/** How long `close` waits for the answers of running commands, in ms. */
const GRACE = 5_000

type AnyRequest = Requests[CommandName]

/** Serves the commands of one bot, and keeps the safety rules that concern what a bot is told. */
export class CommandServer {
  readonly #options: CommandServerOptions
  readonly #lane = new CommandLane()
  #services: Service[] = []

  constructor(options: CommandServerOptions) {
    this.#options = options
  }

  /** Resolves when every command is served. `close` is due also when it rejects. */
  async open(): Promise<void> {
    const commands = [...servedCommands(this.#options.contract)]
    const results = await Promise.allSettled(commands.map(([name, command]) => this.#serve(name, command)))
    this.#services = results.flatMap((result) => (result.status === 'fulfilled' ? [result.value] : []))
    for (const result of results) if (result.status === 'rejected') throw result.reason
  }

  /** Takes no more commands, refuses those that wait, and gives those that run 5 s to be answered. */
  async close(): Promise<void> {
    this.#lane.close()
    let timer: NodeJS.Timeout | undefined
    const answered = Promise.all(this.#services.map((service) => service.drain()))
    await Promise.race([answered, new Promise((resolve) => (timer = setTimeout(resolve, GRACE)))])
    clearTimeout(timer)
  }

  #serve(name: CommandName, { contract, options }: ServedCommand): Promise<Service> {
    const { bus, id } = this.#options
    // The schema of the command has made the request what the method of the command takes.
    const handler = (request: unknown, context: RequestContext): Promise<Answer> =>
      this.#execute(name, request as AnyRequest, context)
    return bus.serve(contract, { bot: id }, handler, options)
  }

  /** Never rejects: whatever goes wrong is an answer with status 400. */
  async #execute(name: CommandName, request: AnyRequest, context: RequestContext): Promise<Answer> {
    const task = async (cancelled?: AbortSignal): Promise<Answer> => {
      this.#assertRunnable(name, context)
      return this.#runInTime(name, request, context, cancelled)
    }
    try {
      return await (READING.has(name) ? task() : this.#lane.run(name, task))
    } catch (error) {
      return refusal(name, error)
    }
  }

  /** Asked when it is the command's turn, which may be long after it arrived. A stop that arrived in time is always run. */
  #assertRunnable(name: CommandName, context: RequestContext): void {
    if (name === 'stop') return
    if (this.#options.hasConflict()) {
      throw new CommandError(`another bot uses the id "${this.#options.id}": only stop is accepted`)
    }
    if (context.timeLeft() === 0) throw new CommandError('the caller’s deadline passed while the command waited')
  }

  async #runInTime(
    name: CommandName,
    request: AnyRequest,
    context: RequestContext,
    cancelled: AbortSignal | undefined,
  ): Promise<Answer> {
    const { bot, timeout } = this.#options
    const { deadline, headers } = context
    const late = new AbortController()
    const signal = AbortSignal.any([context.signal, late.signal, ...(cancelled ? [cancelled] : [])])
    let timer: NodeJS.Timeout | undefined
    const expired = new Promise<never>((_, reject) => {
      timer = setTimeout(() => {
        const error = new CommandError(`Hummingbot ${name} command timed out after ${timeout / 1_000} seconds`)
        late.abort(error)
        reject(error)
      }, timeout)
    })
    try {
      const answer = run(bot, name, request, { deadline, headers, signal, timeLeft: () => context.timeLeft() })
      return await Promise.race([answer, expired])
    } finally {
      clearTimeout(timer)
    }
  }
}
