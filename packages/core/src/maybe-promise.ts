/** Most handlers and schemas answer at once, and a promise for each step of them costs more than the steps. */
export type MaybePromise<T> = T | Promise<T>

/** Whether it has to be waited for: a promise of any library. */
export function isThenable(value: unknown): value is PromiseLike<unknown> {
  return typeof value === 'object' && value !== null && 'then' in value && typeof value.then === 'function'
}
