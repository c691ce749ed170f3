import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { readBrokerFiles } from './broker-files.ts'

let folder: string
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'botbus-files-'))
})
afterEach(() => rm(folder, { recursive: true }))

async function file(name: string, text: string): Promise<string> {
  await writeFile(join(folder, name), text)
  return join(folder, name)
}

describe('readBrokerFiles', () => {
  it('puts the texts of the TLS files in the place of their paths', async () => {
    const tls = {
      ca: await file('ca', 'CA'),
      cert: await file('cert', 'CERT'),
      key: await file('key', 'KEY'),
      servername: 's',
    }
    const target = await readBrokerFiles({ url: 'mqtts://h', tls })
    expect(target).toEqual({ url: 'mqtts://h', tls: { ca: 'CA', cert: 'CERT', key: 'KEY', servername: 's' } })
  })

  it('cuts one newline from the end of the password, and nothing else', async () => {
    const broker = { url: 'mqtt://h', username: 'u' }
    expect(await readBrokerFiles({ ...broker, passwordFile: await file('a', ' secret \r\n') })).toMatchObject({
      password: ' secret ',
    })
    expect(await readBrokerFiles({ ...broker, passwordFile: await file('b', 'secret\n\n') })).toMatchObject({
      password: 'secret\n',
    })
  })

  it('names the key and the file that cannot be read', async () => {
    await expect(readBrokerFiles({ url: 'mqtts://h', tls: { ca: folder } })).rejects.toMatchObject({
      code: 'INVALID_ARGUMENT',
      message: expect.stringContaining(`broker.tls.ca (${folder}) cannot be read`),
    })
  })
})
