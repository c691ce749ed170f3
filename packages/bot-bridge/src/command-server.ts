import type { Bus, RequestContext, RpcContract, Service } from '@botbus/core'
import { z } from 'zod'
import { type Answer, type Requests, refusal, run } from './answers.ts'
import { type Bot, CommandError } from './bot.ts'
import { CommandLane } from './command-lane.ts'
import { isBotAddress } from './contract/addresses.ts'
import type { BotContract, CommandName } from './contract/contract.ts'

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

/** Commands that read only: they need not wait for the others. */
const READING: ReadonlySet<CommandName> = new Set(['status', 'history'])

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
    const names = Object.keys(this.#options.contract.commands) as CommandName[]
    const results = await Promise.allSettled(names.map((name) => this.#serve(name)))
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

  #serve(name: CommandName): Promise<Service> {
    const { bus, contract, id } = this.#options
    const command = contract.commands[name]
    const lenient: RpcContract = { ...command, request: orNothing(command.request) }
    return bus.serve(
      lenient,
      { bot: id },
      // The schema of the command has made it what the method of the command takes.
      (request, context) => this.#execute(name, request as AnyRequest, context),
      {
        acceptReplyTo: (replyTo) => !isBotAddress(replyTo),
        answerError: (error) => refusal(name, error),
        // The lane is the one place where commands wait: a start that waited elsewhere would escape a stop.
        ...(READING.has(name) || name === 'stop' ? {} : { concurrency: Number.POSITIVE_INFINITY }),
      },
    )
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

/** Values that a request may hold: commands are small, and each value may cost the bot work before a stop gets its turn. */
const MAX_VALUES = 1_000

/** Requests without data, or with null for it, mean the default of every field, as in Hummingbot v2.15 and later. */
function orNothing(schema: z.ZodType): z.ZodType {
  const read = (data: unknown, context: z.RefinementCtx): unknown => {
    if (countValues(data) <= MAX_VALUES) return data ?? {}
    context.addIssue({ code: 'custom', message: `a command takes at most ${MAX_VALUES} values` })
    return z.NEVER
  }
  return z.preprocess(read, schema)
}

/** Counts the values of all arrays and objects. The codec has bounded how deep they nest. */
function countValues(data: unknown): number {
  if (typeof data !== 'object' || data === null) return 0
  let count = 0
  for (const value of Object.values(data)) count += 1 + countValues(value)
  return count
}
