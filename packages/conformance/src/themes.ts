import { close } from './lifecycle/24-close.ts'
import { peerKilled } from './lifecycle/25-peer-killed.ts'
import { payloads } from './payload/23-payloads.ts'
import { fanOut } from './pubsub/15-fan-out.ts'
import { wildcards } from './pubsub/16-wildcards.ts'
import { subscriberGroups } from './pubsub/17-groups.ts'
import { order } from './pubsub/18-order.ts'
import { acknowledgement } from './pubsub/19-acknowledgement.ts'
import { restarts } from './pubsub/20-restarts.ts'
import { unsubscribe } from './pubsub/21-unsubscribe.ts'
import { backPressure } from './pubsub/22-back-pressure.ts'
import { frozenLink } from './resources/27-frozen-link.ts'
import { leaks } from './resources/28-leaks.ts'
import { echo } from './rpc/01-echo.ts'
import { inFlight } from './rpc/02-in-flight.ts'
import { ownReplies } from './rpc/03-own-replies.ts'
import { firstCall } from './rpc/04-first-call.ts'
import { errors } from './rpc/05-errors.ts'
import { timeout } from './rpc/06-timeout.ts'
import { deadline } from './rpc/07-deadline.ts'
import { cancellation } from './rpc/08-cancellation.ts'
import { noServer } from './rpc/09-no-server.ts'
import { groups } from './rpc/10-groups.ts'
import { duplicates } from './rpc/11-duplicates.ts'
import { brokerKilled } from './rpc/12-broker-killed.ts'
import { offline } from './rpc/13-offline.ts'
import { restart } from './rpc/14-restart.ts'
import { security } from './security/26-security.ts'
import type { Suite } from './suite.ts'

const RPC = [
  echo,
  inFlight,
  ownReplies,
  firstCall,
  errors,
  timeout,
  deadline,
  cancellation,
  noServer,
  groups,
  duplicates,
  brokerKilled,
  offline,
  restart,
]
const PUBSUB = [fanOut, wildcards, subscriberGroups, order, acknowledgement, restarts, unsubscribe, backPressure]
const PAYLOAD_AND_LIFE_CYCLE = [payloads, close, peerKilled]
const SECURITY_AND_RESOURCES = [security, frozenLink, leaks]

/** What registers the tests of each item, in order. */
export const THEMES: readonly ((suite: Suite) => void)[] = [
  ...RPC,
  ...PUBSUB,
  ...PAYLOAD_AND_LIFE_CYCLE,
  ...SECURITY_AND_RESOURCES,
]
