import type { BotbusError } from '@botbus/core'
import type { Batch } from '../driver.ts'
import { ProtocolFailure, toProtocolError } from '../errors.ts'
import type { Cluster } from './cluster.ts'
import { COORDINATOR_MOVES } from './coordinator.ts'
import { idOf } from './fetch-loop.ts'
import { loadKafkajs } from './inner.ts'
import { UNSETTLED } from './offsets.ts'
import { byTopic } from './protocol.ts'

/** The broker knows us by that number, and each batch by its place: none is written twice or out of order. */
interface Identity {
  readonly producerId: string
  readonly producerEpoch: number
  /** The next number of each partition. */
  readonly sequences: Map<string, number>
}

/** Milliseconds before a node that has just started is asked again. */
const SOON = 50
/** Sequence numbers start over behind the largest signed one of 32 bits. */
const SEQUENCES = 2 ** 31

/** Writes batches, one request to each node at a time. */
export class Producer {
  readonly #cluster: Cluster
  #identity: Identity | undefined
  /** A broker before 3.0 wants a permission of its own for an identity. Order holds without: nothing is ever sent again. */
  #isAnonymous = false

  constructor(cluster: Cluster) {
    this.#cluster = cluster
  }

  /** Gets an identity, so that the first batch need not wait for it. */
  async prepare(): Promise<void> {
    await this.#identify()
  }

  /** Never rejects: the failure of each batch. */
  async produce(batches: readonly Batch[]): Promise<readonly (BotbusError | undefined)[]> {
    const failures = new Map<string, BotbusError>()
    try {
      const identity = await this.#identify()
      const nodes = new Map<number, Batch[]>()
      for (const batch of batches) {
        const node = this.#cluster.leaderOf(batch)
        const others = nodes.get(node)
        if (others) others.push(batch)
        else nodes.set(node, [batch])
      }
      await Promise.all([...nodes].map(([node, own]) => this.#send(node, own, identity, failures)))
    } catch (error) {
      const lost = this.#cluster.fail(error)
      for (const batch of batches) failures.set(idOf(batch), lost)
    }
    // What was refused leaves a gap in the numbers.
    if (failures.size > 0) this.#identity = undefined
    return batches.map((batch) => failures.get(idOf(batch)))
  }

  async #send(
    node: number,
    batches: readonly Batch[],
    identity: Identity | undefined,
    failures: Map<string, BotbusError>,
  ): Promise<void> {
    const link = await this.#cluster.main(node)
    const topicData = byTopic(batches, (batch) => ({
      partition: batch.partition,
      firstSequence: identity?.sequences.get(idOf(batch)) ?? 0,
      messages: batch.records,
    }))
    const { producerId, producerEpoch } = identity ?? {}
    const who = producerId === undefined || producerEpoch === undefined ? {} : { producerId, producerEpoch }
    const timeout = this.#cluster.settings.keepalive * 1_000
    const { topics } = await link.call('Produce', { acks: -1, timeout, topicData, ...who })
    for (const batch of batches) {
      const id = idOf(batch)
      identity?.sequences.set(id, ((identity.sequences.get(id) ?? 0) + batch.records.length) % SEQUENCES)
    }
    for (const { topicName: topic, partitions } of topics) {
      for (const { partition, errorCode } of partitions) {
        if (errorCode === 0) continue
        const failure = new ProtocolFailure(loadKafkajs().errorName(errorCode))
        failures.set(idOf({ topic, partition }), toProtocolError(failure, `writing to ${topic}`))
        // The leaders have moved, or the topic was deleted: a new session finds out.
        if (UNSETTLED.includes(failure.type)) this.#cluster.fail(failure)
      }
    }
  }

  async #identify(): Promise<Identity | undefined> {
    while (!this.#identity && !this.#isAnonymous) {
      const link = await this.#cluster.main(this.#cluster.controller)
      const arguments_ = { transactionalId: null, transactionTimeout: 60_000 }
      const { errorCode, producerId, producerEpoch } = await link.call('InitProducerId', arguments_)
      const failure = errorCode === 0 ? undefined : loadKafkajs().errorName(errorCode)
      if (failure === undefined) this.#identity = { producerId, producerEpoch, sequences: new Map() }
      else if (failure === 'CLUSTER_AUTHORIZATION_FAILED') this.#isAnonymous = true
      else if (COORDINATOR_MOVES.includes(failure)) await this.#cluster.sleep(SOON)
      else throw new ProtocolFailure(failure)
    }
    return this.#identity
  }
}
