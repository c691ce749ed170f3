import { expect } from 'vitest'
import type { Party, Stage } from '../stage/stage.ts'
import { failure } from '../stage/waiting.ts'
import type { Suite } from '../suite.ts'

/** A call that the broker can refuse at once is refused long before this. */
const TIMEOUT = 2_000

interface Verdict {
  readonly code: string
  readonly outcome: string | undefined
  readonly duration: number
}

async function verdict({ bus }: Party, address: string, timeout = TIMEOUT): Promise<Verdict> {
  const started = performance.now()
  const { code, outcome } = await failure(bus.call(address, {}, { timeout }))
  return { code, outcome, duration: performance.now() - started }
}

const REFUSED = { code: 'NO_RESPONDER', outcome: 'not_sent' }
const WAITED = { code: 'TIMEOUT', outcome: 'unknown' }
const canTell = ({ capabilities }: Stage): boolean => capabilities.noResponder !== 'presence'

export function noServer({ promise }: Suite): void {
  promise(
    9,
    'a call to nobody is refused at once where the capability says so, and ends with its timeout elsewhere',
    async (stage) => {
      const client = await stage.open()
      if (canTell(stage)) {
        for (const address of ['nobody', 'nobody/at/all']) {
          const { duration, ...rest } = await verdict(client, stage.topic(address))
          expect(rest).toEqual(REFUSED)
          expect(duration).toBeLessThan(1_000)
        }
      } else {
        expect(await verdict(client, stage.topic('nobody'), 300)).toMatchObject(WAITED)
      }
      expect(client.bus.pendingCalls).toBe(0)
    },
  )

  promise(
    9,
    'the same while a `#` monitor listens: refused where that is definite, settled elsewhere',
    async (stage) => {
      const [client, monitor] = [await stage.open(), await stage.open()]
      await monitor.bus.subscribe(stage.capabilities.wildcards ? '#' : stage.topic('nobody'), () => undefined)
      const { code, outcome } = await verdict(client, stage.topic('nobody'), 300)
      if (stage.capabilities.noResponder === 'definite') expect({ code, outcome }).toEqual(REFUSED)
      else expect([REFUSED, WAITED]).toContainEqual({ code, outcome })
      expect(client.bus.pendingCalls).toBe(0)
    },
  )

  promise(9, 'a service that was closed is nobody, and one that opens again is somebody', async (stage) => {
    const [server, client] = [await stage.open(), await stage.open()]
    const timeout = canTell(stage) ? TIMEOUT : 300
    for (const round of [1, 2]) {
      const service = await server.bus.serve(stage.topic('shop'), () => round)
      expect(await client.bus.call(stage.topic('shop'))).toBe(round)
      await service.close()
      expect(await verdict(client, stage.topic('shop'), timeout)).toMatchObject(canTell(stage) ? REFUSED : WAITED)
    }
  })
}
