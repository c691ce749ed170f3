import type { Peer } from '../contenders/contender.ts'
import type { Credits } from './credits.ts'
import type { Command, Outgoing, PublishResult } from './protocol.ts'

/** Milliseconds without a receipt after which the rest is lost. */
const PATIENCE = 2_000

/** Publishes as the command says. */
export async function publishLoop(
  peer: Peer,
  command: Extract<Command, { do: 'publish' }>,
  credits: Credits,
): Promise<PublishResult> {
  const { seconds, window } = command
  const outgoing = command.messages.map((message) => ({ message: message.message, topics: topicsOf(message) }))
  const before = credits.received
  const begin = performance.now()
  const end = begin + seconds * 1_000
  let published = 0
  let lastReceipt = begin
  let lastReceived = before
  let isStalled = false

  const timer = setInterval(() => {
    const time = performance.now()
    if (credits.received !== lastReceived) {
      lastReceived = credits.received
      lastReceipt = time
    } else if (time - lastReceipt > PATIENCE) {
      isStalled = true
      credits.wake()
    }
  }, 100)

  try {
    while (!isStalled && performance.now() < end) {
      let room = window - (published - (credits.received - before))
      if (room <= 0) await credits.next()
      for (; room > 0; room--) {
        const { message, topics } = outgoing[published % outgoing.length] as (typeof outgoing)[number]
        const taken = peer.publish(topics[published % topics.length] as string, message)
        published++
        if (taken !== undefined) await taken
      }
    }
    lastReceipt = performance.now()
    while (!isStalled && credits.received - before < published) await credits.next()
    const received = Math.min(credits.received - before, published)
    return { published, received, duration: (isStalled ? lastReceipt : performance.now()) - begin }
  } finally {
    clearInterval(timer)
  }
}

/** Of what was published last: a warm-up and the rounds that follow it publish the same. */
const written = new Map<string, readonly string[]>()

/** Made beforehand, once: writing topics is no part of what is measured. */
function topicsOf({ topic, bots }: Outgoing): readonly string[] {
  const key = `${bots} ${topic}`
  const known = written.get(key)
  if (known) return known
  const topics = Array.from({ length: bots }, (_, bot) => topic.replace('{bot}', String(bot).padStart(5, '0')))
  if (written.size >= 3) written.clear()
  written.set(key, topics)
  return topics
}
