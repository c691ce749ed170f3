/** The rows of the table: the items of the suite, by number. */
export const ITEMS: readonly string[] = [
  'echo',
  'many calls in flight',
  'own replies only',
  'first call after connect',
  'errors',
  'timeout',
  'deadline',
  'cancellation',
  'no server',
  'groups of servers',
  'duplicates',
  'broker killed within calls',
  'offline',
  'restart and reset',
  'fan-out',
  'wildcards',
  'groups of subscribers',
  'order',
  'acknowledgement',
  'restarts within a stream',
  'unsubscribe',
  'back-pressure',
  'payloads',
  'close',
  'peer killed',
  'certificates and credentials',
  'frozen link',
  'leaks',
]

/** Of the tests of `testBridge`. */
export const BRIDGE = 'bridge'
