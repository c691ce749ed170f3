import type { FastifyReply } from 'fastify'
import { isSecret } from './secrets.ts'

/** The cookie of a session: its name, and how it is set, read and cleared. */
export interface SessionCookie {
  readonly name: string
  /** Undefined where there is none, or more than one: then somebody else has set one, and neither is believed. */
  read(header: string | undefined): string | undefined
  set(reply: FastifyReply, id: string, maxAge: number): void
  clear(reply: FastifyReply): void
}

/**
 * Over HTTPS `__Host-botbus`, which no other host and no plain page can set. Plain HTTP is this machine only: there, browsers
 * differ on whether they take a `Secure` cookie, so the name has no prefix. As cookies know no ports, it has the port in it. A
 * session that was made one way is worth nothing the other way.
 */
export function sessionCookie(isSecure: boolean, port: number | undefined): SessionCookie {
  const name = isSecure ? '__Host-botbus' : `botbus-${port}`
  const attributes = `Path=/; HttpOnly; SameSite=Strict${isSecure ? '; Secure' : ''}`
  const write = (reply: FastifyReply, value: string, maxAge: number): void => {
    reply.header('set-cookie', `${name}=${value}; Max-Age=${Math.floor(maxAge / 1_000)}; ${attributes}`)
  }
  return {
    name,
    read: (header) => readCookie(header, name),
    set: write,
    clear: (reply) => write(reply, '', 0),
  }
}

function readCookie(header: string | undefined, name: string): string | undefined {
  if (header === undefined) return undefined
  const values = header
    .split(';')
    .map((pair) => pair.trim())
    .filter((pair) => pair.startsWith(`${name}=`))
    .map((pair) => pair.slice(name.length + 1))
  const [value] = values
  return values.length === 1 && value !== undefined && isSecret(value) ? value : undefined
}
