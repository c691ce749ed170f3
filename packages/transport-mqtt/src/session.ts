import { BotbusError, type Capabilities } from '@botbus/core'
import type { Session as LinkSession } from '@botbus/core/transport-kit'
import { capabilitiesOf } from './capabilities.ts'
import { isProtocolRefusal } from './errors.ts'
import type { Link } from './link.ts'
import { openLink } from './open-link.ts'
import type { Settings } from './options.ts'

/** The connections that are up together: one for everything, or one that subscribes and one that publishes. */
export class Session implements LinkSession {
  readonly subscriber: Link
  readonly publisher: Link
  readonly capabilities: Capabilities
  /** Resolves when one of the connections is down; the other hangs up then. */
  readonly lost: Promise<BotbusError>
  readonly #links: ReadonlySet<Link>
  #isEnding = false

  constructor(subscriber: Link, publisher: Link) {
    this.subscriber = subscriber
    this.publisher = publisher
    this.capabilities = capabilitiesOf(subscriber.version, subscriber.server)
    this.#links = new Set([subscriber, publisher])
    this.lost = Promise.race([subscriber.lost, publisher.lost]).then((cause) => {
      if (!this.#isEnding) this.hangUp(cause)
      return cause
    })
  }

  get down(): BotbusError | undefined {
    return this.subscriber.down ?? this.publisher.down
  }

  hangUp(reason: BotbusError): void {
    for (const link of this.#links) link.hangUp(reason)
  }

  /** Lets what is on its way arrive, then hangs up. */
  async end(reason: BotbusError): Promise<void> {
    this.#isEnding = true
    await Promise.all([...this.#links].map((link) => link.end(reason)))
  }
}

/**
 * Connects, with the protocol version that the settings pin, else with the one that is `proven`, else with 5, or, when the broker
 * refuses that, with the other one. Rejects with `BotbusError` and leaves nothing open then.
 */
export async function openSession(
  settings: Settings,
  proven: 4 | 5 | undefined,
  signal: AbortSignal,
): Promise<Session> {
  const subscriber = await openSubscriber(settings, proven, signal)
  if (settings.connections === 1) return new Session(subscriber, subscriber)
  const identity = { clientId: settings.clientIds.publisher, version: subscriber.version, lastWill: undefined }
  try {
    return new Session(subscriber, await openLink(settings, identity, signal))
  } catch (error) {
    if (BotbusError.is(error)) subscriber.hangUp(error)
    throw error
  }
}

async function openSubscriber(settings: Settings, proven: 4 | 5 | undefined, signal: AbortSignal): Promise<Link> {
  const { protocolVersion, lastWill, clientIds } = settings
  const identity = { clientId: clientIds.subscriber, lastWill }
  const version = protocolVersion ?? proven ?? 5
  try {
    return await openLink(settings, { ...identity, version }, signal)
  } catch (error) {
    if (protocolVersion !== undefined || !isProtocolRefusal(error, proven !== undefined)) throw error
    return openLink(settings, { ...identity, version: version === 5 ? 4 : 5 }, signal)
  }
}
