import type { RequestQueue } from './inner.ts'

/**
 * kafkajs looks after each response when its throttling ends, and takes "never throttled" (-1) for a time to wait: a timer of
 * 1 ms, for ever (3% of a core for each idle client, and a TimeoutNegativeWarning on Node 24). This arms one only while requests
 * wait for a throttle to end. It changes this queue, not the class.
 */
export function stopSpinning(queue: RequestQueue): void {
  queue.scheduleCheckPendingRequests = () => {
    if (queue.throttleCheckTimeoutId || queue.pending.length === 0) return
    const wait = queue.throttledUntil - Date.now()
    // What waits for the limit in flight is looked at by each response.
    if (wait <= 0) return
    queue.throttleCheckTimeoutId = setTimeout(() => {
      queue.throttleCheckTimeoutId = null
      queue.checkPendingRequests()
    }, wait)
  }
}
