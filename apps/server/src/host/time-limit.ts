import { BotbusError } from '@botbus/core'

/** Settles as `work` does, or rejects with `TIMEOUT` after `limit` ms. What `work` does later is not seen. */
export async function within<Result>(limit: number, what: string, work: Promise<Result>): Promise<Result> {
  const late = Promise.withResolvers<never>()
  const timer = setTimeout(
    () => late.reject(new BotbusError('TIMEOUT', `${what} did not end within ${limit / 1000} s`)),
    limit,
  )
  try {
    return await Promise.race([work, late.promise])
  } finally {
    clearTimeout(timer)
  }
}
