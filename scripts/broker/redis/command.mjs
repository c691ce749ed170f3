import { connect } from 'node:net'

/**
 * Sends one command to a server; resolves with its reply as text (no arrays), rejects with its error. `to`: `{ port, user }`, with the
 * name and password of a user where the server has users.
 */
export function redisCommand({ port, user }, ...words) {
  const login = user ? encode(['AUTH', user.username, user.password]) : ''
  return new Promise((resolve, reject) => {
    const socket = connect({ port, host: '127.0.0.1' })
    let text = ''
    socket.setEncoding('utf8')
    socket.once('connect', () => socket.write(`${login}${encode(words)}`))
    socket.on('data', (data) => {
      text += data
      const own = login === '' || text.startsWith('-') ? text : text.replace(/^\+OK\r\n/, '')
      const reply = parse(own)
      if (reply === undefined) return
      socket.destroy()
      if (own.startsWith('-')) reject(new Error(`${words.join(' ')}: ${reply}`))
      else resolve(reply)
    })
    socket.once('error', reject)
    socket.once('close', () => reject(new Error(`${words.join(' ')}: no reply`)))
  })
}

function encode(words) {
  const strings = words.map((word) => `$${Buffer.byteLength(String(word))}\r\n${word}\r\n`)
  return `*${words.length}\r\n${strings.join('')}`
}

/** `undefined` while the reply is not complete. A bulk string's length is in bytes, and ours are ASCII. */
function parse(text) {
  const end = text.indexOf('\r\n')
  if (end === -1) return undefined
  const head = text.slice(1, end)
  if (!text.startsWith('$')) return head
  const length = Number(head)
  return text.length < end + 4 + length ? undefined : text.slice(end + 2, end + 2 + length)
}
