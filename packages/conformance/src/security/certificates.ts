import { generate } from 'selfsigned'

/** PEM texts. */
export interface Certificate {
  readonly cert: string
  readonly key: string
}

const DAY = 24 * 3_600_000

export async function authority(name: string): Promise<Certificate> {
  const { cert, private: key } = await generate([{ name: 'commonName', value: name }], {
    keyType: 'ec',
    algorithm: 'sha256',
    extensions: [
      { name: 'basicConstraints', cA: true, critical: true },
      { name: 'keyUsage', keyCertSign: true, cRLSign: true, critical: true },
    ],
  })
  return { cert, key }
}

/** For a host name, signed by `ca`; expired yesterday if wanted. */
export async function certificate(
  ca: Certificate,
  host: string,
  options: { expired?: boolean } = {},
): Promise<Certificate> {
  const { cert, private: key } = await generate([{ name: 'commonName', value: host }], {
    keyType: 'ec',
    algorithm: 'sha256',
    ca,
    notBeforeDate: new Date(Date.now() - 10 * DAY),
    notAfterDate: new Date(Date.now() + (options.expired ? -DAY : DAY)),
    extensions: [
      { name: 'basicConstraints', cA: false },
      { name: 'keyUsage', digitalSignature: true },
      { name: 'extKeyUsage', serverAuth: true, clientAuth: true },
      { name: 'subjectAltName', altNames: [{ type: 2, value: host }] },
    ],
  })
  return { cert, key }
}
