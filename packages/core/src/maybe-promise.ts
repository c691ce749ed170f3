/** Most handlers and schemas answer at once, and a promise for each step of them costs more than the steps. */
export type MaybePromise<T> = T | Promise<T>

/** Whether it has to be waited for: a promise of any library. */
export function isThenable(value: unknown): value is PromiseLike<unknown> {
  return typeof value === 'object' && value !== null && 'then' in value && typeof value.then === 'function'
}

/** `next(value)`: at once, or when the value is there. */
export function whenReady<T, Result>(
  value: T | PromiseLike<T>,
  next: (value: T) => MaybePromise<Result>,
): MaybePromise<Result> {
  return isThenable(value) ? Promise.resolve(value).then(next) : next(value)
}

/** What `work` returns or resolves with; when it fails, what `recover` makes of the error. */
export function attempt<T>(work: () => MaybePromise<T>, recover: (error: unknown) => MaybePromise<T>): MaybePromise<T> {
  try {
    const result = work()
    return result instanceof Promise ? result.catch(recover) : result
  } catch (error) {
    return recover(error)
  }
}
