/* Call and serve: typed requests, declared errors, and what is known of a call that failed. */
import { openBus } from '@botbus/config'
import { BotbusError, defineRpc } from '@botbus/core'
import { z } from 'zod'

const broker = process.env.BOTBUS_BROKER ?? 'memory:'
const server = await openBus(broker)
const client = await openBus(broker)

const withdraw = defineRpc({
  address: 'wallet/{owner}/withdraw',
  request: z.object({ amount: z.number().positive() }),
  response: z.object({ left: z.number() }),
  errors: { INSUFFICIENT_FUNDS: z.object({ missing: z.number() }) },
})

let balance = 100
await server.serve(withdraw, { owner: 'ann' }, async ({ amount }, context) => {
  // A duplicate with the same idempotency key never comes here: it gets the first answer.
  if (amount > balance) throw context.error('INSUFFICIENT_FUNDS', { missing: amount - balance })
  balance -= amount
  return { left: balance }
})

console.log('withdrawn:', await client.call(withdraw, { owner: 'ann' }, { amount: 30 }))

const options = { idempotencyKey: 'order-17', timeout: 5_000 }
const twice = [1, 2].map(() => client.call(withdraw, { owner: 'ann' }, { amount: 10 }, options))
console.log('once for one key:', await Promise.all(twice))

for (const call of [
  () => client.call(withdraw, { owner: 'ann' }, { amount: 500 }),
  () => client.call(withdraw, { owner: 'ann' }, { amount: -1 }),
  () => client.call(withdraw, { owner: 'nobody' }, { amount: 1 }, { timeout: 500 }),
]) {
  try {
    await call()
  } catch (error) {
    if (!BotbusError.is(error)) throw error
    // not_sent: safe to repeat. unknown: it may have run. executed: the server answered with an error.
    console.log('failed:', error.code, error.outcome, JSON.stringify(error.remote?.data ?? ''))
  }
}
await Promise.all([client.close(), server.close()])
