import { defineRpc } from '@botbus/core'
import { expect } from 'vitest'
import { amount, text } from '../stage/schemas.ts'
import type { Stage } from '../stage/stage.ts'
import { failure } from '../stage/waiting.ts'
import type { Suite } from '../suite.ts'

const THROWN: readonly [string, unknown][] = [
  ['a text', 'just a text'],
  ['a number', 42],
  ['null', null],
  ['undefined', undefined],
  ['an object with a message', { message: 'not an Error' }],
  ['an object without a prototype', Object.create(null)],
]

function contractOf(stage: Stage) {
  return defineRpc({ address: stage.topic('pay'), request: amount, response: text, errors: { POOR: amount } })
}

export function errors({ promise }: Suite): void {
  promise(5, 'a declared error keeps its code, data and message', async (stage) => {
    const [server, client] = [await stage.open(), await stage.open()]
    const pay = contractOf(stage)
    await server.bus.serve(pay, {}, (_, context) => {
      throw context.error('POOR', { amount: 7 }, 'too little')
    })
    expect(await failure(client.bus.call(pay, {}, { amount: 8 }))).toMatchObject({
      code: 'REMOTE',
      outcome: 'executed',
      message: 'too little',
      remote: { code: 'POOR', data: { amount: 7 } },
    })
    expect(client.bus.pendingCalls).toBe(0)
  })

  promise(5, 'a throw becomes REMOTE with its message and without a stack', async (stage) => {
    const [server, client] = [await stage.open(), await stage.open()]
    await server.bus.serve(stage.topic('throw'), () => {
      throw new TypeError('it broke')
    })
    const error = await failure(client.bus.call(stage.topic('throw')))
    expect(error).toMatchObject({ code: 'REMOTE', outcome: 'executed', message: 'it broke' })
    const [reply] = client.replies
    const wire = Buffer.from(reply?.payload ?? '').toString() + JSON.stringify(reply?.headers ?? {})
    expect(wire).toContain('it broke')
    expect(wire).not.toMatch(/05-errors|node_modules| at /)
  })

  promise(5, 'a request that fails validation gets INVALID_ARGUMENT and runs nothing', async (stage) => {
    const [server, client] = [await stage.open(), await stage.open()]
    let runs = 0
    await server.bus.serve(contractOf(stage), {}, () => {
      runs++
      return 'paid'
    })
    const error = await failure(client.bus.call(stage.topic('pay'), { amount: 'much' }))
    expect(error).toMatchObject({ code: 'INVALID_ARGUMENT', outcome: 'executed' })
    expect(await client.bus.call(stage.topic('pay'), { amount: 1 })).toBe('paid')
    expect(runs).toBe(1)
  })

  promise(5, 'an answer that is not what the contract says becomes INVALID_PAYLOAD', async (stage) => {
    const [server, client] = [await stage.open(), await stage.open()]
    await server.bus.serve(contractOf(stage), {}, () => 1 as never)
    const error = await failure(client.bus.call(stage.topic('pay'), { amount: 1 }))
    expect(error).toMatchObject({ code: 'INVALID_PAYLOAD', outcome: 'executed' })
  })

  promise(5, 'a handler that throws no Error, or rejects with none, works', async (stage) => {
    const [server, client] = [await stage.open(), await stage.open()]
    await server.bus.serve(stage.topic('throw'), (request) => {
      throw THROWN[request as number]?.[1]
    })
    await server.bus.serve(stage.topic('reject'), (request) => Promise.reject(THROWN[request as number]?.[1]))
    for (const [index, [what]] of THROWN.entries()) {
      for (const address of ['throw', 'reject']) {
        const error = await failure(client.bus.call(stage.topic(address), index))
        expect(error, what).toMatchObject({ code: 'REMOTE', outcome: 'executed', message: expect.stringMatching(/./) })
      }
    }
  })
}
