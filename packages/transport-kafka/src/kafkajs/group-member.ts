import { setTimeout as sleep } from 'node:timers/promises'
import { BotbusError } from '@botbus/core'
import type { GroupOptions, Membership, Partition, PartitionOffset } from '../driver.ts'
import { ProtocolFailure, toProtocolError } from '../errors.ts'
import { assign } from './assignment.ts'
import type { Cluster } from './cluster.ts'
import { assertGood, Coordinator, hasMoved, SOON } from './coordinator.ts'
import { idOf } from './fetch-loop.ts'
import { beginAtEnds } from './first-positions.ts'
import { loadKafkajs } from './inner.ts'
import { endOffsets } from './offsets.ts'
import { PartitionReader } from './partition-reader.ts'
import { fromClaim, fromShare, toClaim, toShare } from './shares.ts'

/** Milliseconds. The least that brokers accept by default (`group.min.session.timeout.ms`): a killed member's share moves after that. */
const SESSION = 6_000
const HEARTBEAT = 1_000
const PROTOCOL = 'botbus'
const FORGOTTEN = ['UNKNOWN_MEMBER_ID', 'ILLEGAL_GENERATION', 'FENCED_INSTANCE_ID']

/** Kafka's consumer group protocol: join, get a share, send heartbeats, join again when others come or go. */
export class GroupMember implements Membership {
  readonly joined: Promise<void>
  readonly #cluster: Cluster
  readonly #options: GroupOptions
  readonly #coordinator: Coordinator
  readonly #reader: PartitionReader
  readonly #leaving = new AbortController()
  readonly #owned = new Map<string, Partition>()
  #memberId: string
  #generation = -1
  /** Nobody commits while it is pending: the connection is busy, and the share may change. Never rejects. */
  #stable: Promise<void> = Promise.resolve()
  readonly #running: Promise<void>

  /** Resolves when the group has positions: nothing that comes later is missed. */
  static async join(
    cluster: Cluster,
    options: GroupOptions,
    onProblem: (error: BotbusError) => void,
  ): Promise<GroupMember> {
    const coordinator = new Coordinator(cluster, options.group)
    try {
      await beginAtEnds(cluster, coordinator, options.partitions)
    } catch (error) {
      coordinator.close()
      throw error instanceof ProtocolFailure ? toProtocolError(error, `group ${options.group}`) : error
    }
    return new GroupMember(cluster, coordinator, options, onProblem)
  }

  static async delete(cluster: Cluster, group: string): Promise<void> {
    const coordinator = new Coordinator(cluster, group)
    try {
      await coordinator.delete()
    } finally {
      coordinator.close()
    }
  }

  private constructor(
    cluster: Cluster,
    coordinator: Coordinator,
    options: GroupOptions,
    onProblem: (error: BotbusError) => void,
  ) {
    this.#cluster = cluster
    this.#coordinator = coordinator
    this.#options = options
    this.#memberId = options.memberId
    this.#reader = new PartitionReader(cluster, options.records, onProblem)
    const joined = Promise.withResolvers<void>()
    this.joined = joined.promise
    let hasJoined = false
    const onJoined = (): void => {
      hasJoined = true
      joined.resolve()
    }
    this.#running = this.#run(onJoined).catch((error: unknown) => {
      const failure = this.#abandon(error, hasJoined)
      joined.reject(failure)
      if (!cluster.down && !this.#leaving.signal.aborted) onProblem(failure)
    })
    // Whoever restores a subscription does not wait for it, and hears of the problem.
    this.joined.catch(() => undefined)
  }

  get memberId(): string {
    return this.#memberId
  }

  pause(source: Partition): void {
    this.#reader.pause(source, true)
  }

  resume(source: Partition): void {
    this.#reader.pause(source, false)
  }

  async commit(position: PartitionOffset): Promise<boolean> {
    const share = this.#owned.get(idOf(position))
    for (;;) {
      await this.#stable
      // It may have been another's meanwhile, also where it is ours again.
      if (!share || this.#owned.get(idOf(position)) !== share) return false
      try {
        return await this.#coordinator.commit([position], { memberId: this.#memberId, generation: this.#generation })
      } catch (error) {
        if (!hasMoved(error)) throw this.#cluster.fail(error)
        // The heartbeat finds out where to; meanwhile the share is ours.
        await this.#cluster.sleep(SOON)
      }
    }
  }

  async leave(): Promise<void> {
    if (this.#leaving.signal.aborted) return
    this.#leaving.abort()
    this.#reader.close()
    await this.#stable
    await this.#running
    // What is finished from now on comes too late.
    this.#owned.clear()
    try {
      const link = await this.#coordinator.link()
      await link.call('LeaveGroup', { groupId: this.#options.group, memberId: this.#memberId })
    } catch {
      // Everything ended: the broker takes us out by itself.
    } finally {
      this.#coordinator.close()
    }
  }

  /** Nothing is read any more by a member that is none. A new session joins again; who never joined, is refused. */
  #abandon(error: unknown, hasJoined: boolean): BotbusError {
    this.#reader.close()
    for (const partition of this.#owned.values()) this.#lose(partition)
    if (hasJoined) return this.#cluster.fail(error)
    if (error instanceof ProtocolFailure) return toProtocolError(error, `group ${this.#options.group}`)
    return BotbusError.is(error) ? error : this.#cluster.fail(error)
  }

  /** Until we leave. */
  async #run(onJoined: () => void): Promise<void> {
    const { signal } = this.#leaving
    while (!signal.aborted) {
      try {
        const stable = Promise.withResolvers<void>()
        this.#stable = stable.promise
        await this.#join().finally(() => stable.resolve())
        onJoined()
        await this.#beat(signal)
      } catch (error) {
        if (signal.aborted) return
        if (!(error instanceof ProtocolFailure)) throw error
        if (FORGOTTEN.includes(error.type)) this.#forget()
        else if (hasMoved(error)) await this.#coordinator.moved()
        else if (error.type !== 'REBALANCE_IN_PROGRESS') throw error
      }
    }
  }

  async #beat(signal: AbortSignal): Promise<void> {
    for (;;) {
      await sleep(HEARTBEAT, undefined, { signal })
      const link = await this.#coordinator.link()
      const who = { groupId: this.#options.group, memberId: this.#memberId }
      const { errorCode } = await link.call('Heartbeat', { ...who, groupGenerationId: this.#generation })
      assertGood(errorCode)
    }
  }

  async #join(): Promise<void> {
    const { group: groupId, partitions } = this.#options
    const link = await this.#coordinator.link()
    const request = {
      groupId,
      sessionTimeout: SESSION,
      rebalanceTimeout: SESSION,
      protocolType: 'consumer',
      groupProtocols: [{ name: PROTOCOL, metadata: fromClaim(partitions, [...this.#owned.keys()]) }],
    }
    let answer = await link.call('JoinGroup', { ...request, memberId: this.#memberId }, 2 * SESSION)
    if (loadKafkajs().errorName(answer.errorCode) === 'MEMBER_ID_REQUIRED') {
      answer = await link.call('JoinGroup', { ...request, memberId: answer.memberId }, 2 * SESSION)
    }
    assertGood(answer.errorCode)
    this.#memberId = answer.memberId
    this.#generation = answer.generationId
    const shares = answer.leaderId === answer.memberId ? assign(partitions, answer.members.map(toClaim)) : new Map()
    const groupAssignment = [...shares].map(([memberId, share]) => ({ memberId, memberAssignment: fromShare(share) }))
    const who = { groupId, memberId: this.#memberId, generationId: this.#generation }
    const { errorCode, memberAssignment } = await link.call('SyncGroup', { ...who, groupAssignment }, 2 * SESSION)
    assertGood(errorCode)
    await this.#take(toShare(memberAssignment))
  }

  /** What was ours and still is goes on as if nothing had happened: nobody else had it meanwhile. */
  async #take(share: readonly Partition[]): Promise<void> {
    const ids = new Set(share.map(idOf))
    for (const [id, partition] of this.#owned) if (!ids.has(id)) this.#lose(partition)
    const added = share.filter((partition) => !this.#owned.has(idOf(partition)))
    if (added.length === 0 || this.#leaving.signal.aborted) return
    const positions = await this.#coordinator.positions(added)
    const ends = positions.includes(-1) ? await endOffsets(this.#cluster, added) : []
    const sources = added.map((partition, index) => {
      const offset = positions[index] ?? -1
      return { ...partition, offset: offset === -1 ? (ends[index] ?? 0) : offset }
    })
    for (const source of sources) {
      this.#owned.set(idOf(source), source)
      this.#options.assigned(source)
    }
    await this.#reader.add(sources)
  }

  #lose(partition: Partition): void {
    this.#owned.delete(idOf(partition))
    this.#reader.remove([partition])
    this.#options.revoked(partition)
  }

  /** The broker has taken us out: what was ours may be another's. */
  #forget(): void {
    this.#memberId = ''
    for (const partition of this.#owned.values()) this.#lose(partition)
  }
}
