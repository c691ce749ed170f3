import type { Session } from './session.ts'

/** The reply lists that commlib-py's clients make up: `rpc-` and a random UUID without its dashes. */
const REPLY_LIST = /^rpc-[0-9a-f]{32}$/
/** Milliseconds that a reply waits for its caller. */
const REPLY_EXPIRY = 60_000

/**
 * Appends, and lets the list expire with its last element at the latest. An error of RPUSH, as on a key that is no list, ends
 * the script before it touches the key's expiry.
 */
const PUSH = `
redis.call('RPUSH', KEYS[1], ARGV[1])
if redis.call('PTTL', KEYS[1]) < tonumber(ARGV[2]) then redis.call('PEXPIRE', KEYS[1], ARGV[2]) end`

export function replyList(id: string): string {
  return `rpc-${id}`
}

export function isReplyList(replyTo: string): boolean {
  return REPLY_LIST.test(replyTo)
}

/** Resolves when Redis has it. Rejects, with the key unchanged, when that is no list. */
export async function push(session: Session, key: string, payload: string, expiresIn: number): Promise<void> {
  await session.commandOn(key, 'eval', PUSH, 1, key, payload, Math.ceil(expiresIn))
}

/** Answers a caller of commlib-py. */
export async function pushReply(session: Session, replyTo: string, payload: string): Promise<void> {
  await push(session, replyTo, payload, REPLY_EXPIRY)
}
