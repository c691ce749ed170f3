/*
 * How requests and replies travel on our channels: a head that the envelope cannot give without being parsed, then the envelope.
 *
 *     request   {id, 32 hexadecimal digits}{milliseconds left} {address, only where a pattern is served}\n{envelope}
 *     reply     {id, 32 hexadecimal digits}{envelope}
 */

export interface RequestFrame {
  readonly id: string
  readonly expiresIn: number
  /** Empty: that of the channel. */
  readonly address: string
  readonly payload: Buffer
}

const ID_LENGTH = 32
const NEWLINE = 0x0a
/** Id, a time of at most ten digits, an address of at most 255 bytes. */
const LONGEST_HEAD = 320

export function writeRequest(id: string, expiresIn: number, address: string, payload: string): string {
  return `${id}${Math.ceil(expiresIn)} ${address}\n${payload}`
}

/** Undefined for anything that is no request of ours. */
export function readRequest(message: Buffer): RequestFrame | undefined {
  const end = message.indexOf(NEWLINE)
  if (end === -1 || end > LONGEST_HEAD) return undefined
  const [, id, expiresIn, address] = /^([0-9a-f]{32})(\d{1,10}) (.*)$/.exec(message.toString('utf8', 0, end)) ?? []
  if (id === undefined || address === undefined) return undefined
  return { id, expiresIn: Number(expiresIn), address, payload: message.subarray(end + 1) }
}

export function writeReply(id: string, payload: string): string {
  return id + payload
}

export function readReply(message: Buffer): { id: string; payload: Buffer } {
  return { id: message.toString('latin1', 0, ID_LENGTH), payload: message.subarray(ID_LENGTH) }
}
