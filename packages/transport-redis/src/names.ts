import { toChannel } from './topics.ts'

/*
 * What is ours at Redis. No topic holds a `#`, so no channel or list of a topic has such a name.
 */

const PREFIX = 'botbus#'

export const isOurs = (channel: string): boolean => channel.startsWith(PREFIX)

/** Where the servers of an address get requests. */
export function requestChannel(address: string): string {
  return `${PREFIX}rpc:${toChannel(address)}`
}

/** Where the servers of a pattern get requests. All on one node of a cluster, so that one command finds them. */
export function patternChannel(pattern: string): string {
  return `${PREFIX}{patterns}:${pattern}`
}

export function inboxChannel(client: string): string {
  return `${PREFIX}inbox:${client}`
}

/** The key that one member of a group wins for one request. */
export function claimKey(group: string, channel: string, id: string): string {
  return `${PREFIX}claim:${group}:${channel}:${id}`
}

/** The list that wakes a blocking connection. */
export function wakeKey(client: string): string {
  return `${PREFIX}wake:${client}`
}
