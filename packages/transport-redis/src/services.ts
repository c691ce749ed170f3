import { BotbusError, type IncomingRequest, isPattern, matches, toBotbusError, type Unsubscribe } from '@botbus/core'
import { type RefusedSubscription, SubscriptionTable, type TableEntry } from '@botbus/core/transport-kit'
import type { ChannelFilter, Receiver } from './channels.ts'
import { Claims } from './claims.ts'
import { type RequestFrame, readRequest } from './frames.ts'
import { ListServices } from './list-services.ts'
import { patternChannel, requestChannel } from './names.ts'
import { MAX_PATTERN_LEVELS } from './requests.ts'
import type { Session } from './session.ts'

export type RequestListener = (request: IncomingRequest) => void

type Entry = TableEntry<RequestListener>

interface ServiceState {
  readonly channel: string
  readonly receiver: Receiver
  readonly claims: Claims
  /** Claims under way. */
  readonly claiming: Set<Promise<void>>
  /** Whose turn it is. */
  turn: number
  /** Takes what was won while the last listener was leaving. */
  last: RequestListener | undefined
}

/** Who serves what: on channels, and literal addresses on lists too. */
export class Services {
  readonly #session: () => Session
  readonly #problem: (error: BotbusError) => void
  readonly #states = new WeakMap<Entry, ServiceState>()
  readonly #lists: ListServices
  readonly #table = new SubscriptionTable<Session, RequestListener>({
    subscribe: (session, entry) => this.#subscribe(session, entry),
    unsubscribe: (session, entry) => this.#unsubscribe(session, entry),
  })

  /** `session`: the one that is up, or being restored. */
  constructor(options: { session: () => Session; problem: (error: BotbusError) => void; lists: boolean }) {
    this.#session = options.session
    this.#problem = options.problem
    this.#lists = new ListServices(options)
  }

  /** Resolves when Redis has granted it. */
  async serve(
    session: Session,
    address: string,
    listener: RequestListener,
    group: string | undefined,
  ): Promise<Unsubscribe> {
    if (isPattern(address) && address.split('/').length > MAX_PATTERN_LEVELS) {
      const text = `${address}: a served pattern has at most ${MAX_PATTERN_LEVELS} levels on Redis`
      throw new BotbusError('UNSUPPORTED', text)
    }
    return this.#table.subscribe(session, address, group, listener)
  }

  /** Subscribes everything on a new session. Resolves with what Redis refused; rejects when the session goes down. */
  restore(session: Session): Promise<RefusedSubscription[]> {
    this.#lists.reset()
    return this.#table.restore(session)
  }

  async #subscribe(session: Session, entry: Entry): Promise<void> {
    const state = this.#states.get(entry) ?? this.#newState(entry)
    this.#states.set(entry, state)
    state.last = [...entry.listeners].at(-1)
    await session.channels.add(filterOf(session, state), state.receiver)
    if (!isPattern(entry.pattern)) await this.#lists.add(session, entry.pattern, entry, this.#fromList(entry))
  }

  async #unsubscribe(session: Session, entry: Entry): Promise<void> {
    const state = this.#states.get(entry)
    if (!state) return
    await Promise.all([
      session.channels.remove(filterOf(session, state), state.receiver),
      this.#lists.remove(session, entry.pattern, entry),
    ])
    // Nobody else runs what is won by now.
    await Promise.all(state.claiming)
  }

  #newState(entry: Entry): ServiceState {
    const channel = isPattern(entry.pattern) ? patternChannel(entry.pattern) : requestChannel(entry.pattern)
    return {
      channel,
      receiver: (_, payload) => this.#receive(entry, payload),
      claims: new Claims(),
      claiming: new Set(),
      turn: 0,
      last: undefined,
    }
  }

  #receive(entry: Entry, message: Buffer): void {
    const frame = readRequest(message)
    if (!frame) return
    const topic = isPattern(entry.pattern) ? frame.address : entry.pattern
    if (topic === frame.address && (isPattern(topic) || !matches(entry.pattern, topic))) return
    const request = { topic, payload: frame.payload, retained: false, id: frame.id }
    if (entry.group === undefined) for (const listener of entry.listeners) listener(request)
    else this.#claim(entry, entry.group, frame, request)
  }

  #claim(entry: Entry, group: string, frame: RequestFrame, request: IncomingRequest): void {
    const state = this.#states.get(entry)
    if (!state || entry.listeners.size === 0) return
    const claiming = this.#win(entry, state, group, frame, request).finally(() => state.claiming.delete(claiming))
    state.claiming.add(claiming)
  }

  /** Never rejects. */
  async #win(
    entry: Entry,
    state: ServiceState,
    group: string,
    frame: RequestFrame,
    request: IncomingRequest,
  ): Promise<void> {
    try {
      if (await state.claims.win(this.#session(), group, state.channel, frame)) this.#deliverToOne(entry, request)
    } catch (error) {
      // With the link gone, nobody waits for our reply either.
      const problem = toBotbusError(error)
      if (problem.code !== 'NOT_CONNECTED' && problem.code !== 'CLOSED') this.#problem(problem)
    }
  }

  #fromList(entry: Entry): (request: IncomingRequest) => void {
    return (request) => {
      if (entry.group === undefined && entry.listeners.size > 0)
        for (const listener of entry.listeners) listener(request)
      else this.#deliverToOne(entry, request)
    }
  }

  #deliverToOne(entry: Entry, request: IncomingRequest): void {
    const state = this.#states.get(entry)
    if (!state) return
    const members = [...entry.listeners]
    const member = members[state.turn++ % members.length] ?? state.last
    state.last = member
    member?.(request)
  }
}

function filterOf({ isSharded }: Session, { channel }: ServiceState): ChannelFilter {
  return { kind: isSharded ? 'ssubscribe' : 'subscribe', name: channel }
}
