import { type BotbusError, type IncomingRequest, toBotbusError } from '@botbus/core'
import type { Session } from './session.ts'
import { toChannel } from './topics.ts'

type Deliver = (request: IncomingRequest) => void

/** Who serves an address. */
type Owners = ReadonlyMap<object, Deliver>

/** So many elements of a backlog are read at once. */
const BACKLOG = 1_000

/**
 * Served addresses as the lists on which commlib-py's clients push their requests
 * (https://github.com/robotics-4-all/commlib-py, transports/redis.py). Each request is taken by one server.
 */
export class ListServices {
  readonly #isOn: boolean
  readonly #problem: (error: BotbusError) => void
  readonly #served = new Map<string, Map<object, Deliver>>()
  /** Codes: what holds for one address mostly holds for all. */
  readonly #reported = new Set<string>()

  constructor(options: { lists: boolean; problem: (error: BotbusError) => void }) {
    this.#isOn = options.lists
    this.#problem = options.problem
  }

  /** Called for a new session, which takes from no list yet. */
  reset(): void {
    this.#served.clear()
    this.#reported.clear()
  }

  /** Resolves when requests pushed from now on are taken. Where access rules forbid it, reports that and resolves. */
  async add(session: Session, address: string, owner: object, deliver: Deliver): Promise<void> {
    if (!this.#isOn) return
    const owners = this.#served.get(address)
    if (owners) {
      owners.set(owner, deliver)
      return
    }
    const served = new Map([[owner, deliver]])
    this.#served.set(address, served)
    const key = toChannel(address)
    try {
      await session.lists.open(this.#report)
      await takeBacklog(session, key, (payload) => hand(served, { topic: address, payload, retained: true }))
      if (this.#served.get(address) === served) this.#take(session, address, served)
    } catch (error) {
      this.#served.delete(address)
      if (session.down) throw error
      this.#report(toBotbusError(error))
    }
  }

  async remove(session: Session, address: string, owner: object): Promise<void> {
    const owners = this.#served.get(address)
    if (!owners?.has(owner)) return
    if (owners.size === 1) {
      // What is taken until then is still served.
      await session.lists.remove(toChannel(address))
    }
    owners.delete(owner)
    if (this.#served.get(address) !== owners) return
    if (owners.size === 0) this.#served.delete(address)
    // Another one came meanwhile.
    else if (!session.lists.has(toChannel(address))) this.#take(session, address, owners)
  }

  #take(session: Session, address: string, owners: Owners): void {
    session.lists.add(toChannel(address), (payload) => hand(owners, { topic: address, payload, retained: false }))
  }

  readonly #report = (error: BotbusError): void => {
    if (this.#reported.has(error.code)) return
    this.#reported.add(error.code)
    this.#problem(error)
  }
}

function hand(owners: Owners, request: IncomingRequest): void {
  for (const deliver of owners.values()) deliver(request)
}

/**
 * Requests that waited before anybody served them are of unknown age, and may be commands of yesterday: they are handed on as
 * `retained`, which a bus refuses.
 */
async function takeBacklog(session: Session, key: string, take: (payload: Buffer) => void): Promise<void> {
  for (;;) {
    const elements = await session.publisher.commandForBytes('lpop', key, BACKLOG)
    if (!Array.isArray(elements)) return
    for (const element of elements as Buffer[]) take(element)
  }
}
