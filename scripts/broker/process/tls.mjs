import { writeFileSync } from 'node:fs'
import { join } from 'node:path'

/** Writes the PEM texts into the folder; returns their files. `ca` is `undefined` where none was given. */
export function writeTls(folder, { cert, key, ca }) {
  return {
    cert: writePem(folder, 'server-cert.pem', cert),
    key: writePem(folder, 'server-key.pem', key),
    ca: ca === undefined ? undefined : writePem(folder, 'client-ca.pem', ca),
  }
}

function writePem(folder, name, text) {
  const file = join(folder, name)
  writeFileSync(file, text, { mode: 0o600 })
  return file
}
