import type { IncomingRequest } from '@botbus/core'
import { expect } from 'vitest'
import { rawLink } from '../stage/raw-link.ts'
import { eventually } from '../stage/waiting.ts'
import type { Suite } from '../suite.ts'

const VALUES: readonly unknown[] = [
  0,
  -1.5e-9,
  Number.MAX_SAFE_INTEGER,
  '',
  'ä€😀 "quoted" \\ / \n\t\u0000\u2028',
  true,
  false,
  null,
  [],
  {},
  [[[]], [null, { deep: [{ er: [1, 2, 3] }] }]],
  { 'a key': 1, '': 2, ünïcode: 3, header: { reply_to: 'not ours' }, data: 'data', error: 'no error' },
  'x'.repeat(70_000),
]

const HEADERS = {
  plain: 'value',
  trace_parent: '00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01',
  unicode: 'ä€😀',
  spaces: '  around  ',
  json: '{"a": [1, "2"]}',
}

export function echo({ promise }: Suite): void {
  promise(1, 'echo: every JSON value comes back unchanged', async (stage) => {
    const [server, client] = [await stage.open(), await stage.open()]
    await server.bus.serve(stage.topic('echo'), (request) => request)
    for (const value of VALUES) expect(await client.bus.call(stage.topic('echo'), value)).toEqual(value)
    expect(await client.bus.call(stage.topic('echo'))).toEqual({})
  })

  promise(1, 'echo: headers of a call reach the handler unchanged, and only those', async (stage) => {
    const [server, client] = [await stage.open(), await stage.open()]
    await server.bus.serve(stage.topic('headers'), (_, { headers }) => headers)
    expect(await client.bus.call(stage.topic('headers'), {}, { headers: HEADERS })).toEqual(HEADERS)
    expect(await client.bus.call(stage.topic('headers'), {})).toEqual({})
  })

  promise(1, 'echo: a transport carries body and headers of requests and replies as they are', async (stage) => {
    const [server, client] = [await rawLink(stage), await rawLink(stage)]
    const native = stage.capabilities.headers === 'native'
    const headers = native ? { headers: { ...HEADERS, deadline: '1', idempotency_key: 'k' } } : {}
    const requests: IncomingRequest[] = []
    const address = stage.topic('raw')
    await server.transport.serve(address, (request) => void requests.push(request))
    const id = 'f'.repeat(32)
    const replyTo = client.transport.replyAddress(address, id)
    const body = '{"header":{"reply_to":"x"},"data": [1,  2.0, "ä€😀"] }'
    await client.transport.request(address, { id, replyTo, payload: body, expiresIn: 10_000, ...headers })
    const request = await eventually(() => requests[0] ?? expect.fail('no request yet'))
    expect(Buffer.from(request.payload).toString()).toBe(body)
    expect(request).toMatchObject({ topic: address, retained: false })
    if (native) expect(request).toMatchObject({ id, replyTo, headers: headers.headers ?? {} })

    // A broker may rewrite the address on its way (RabbitMQ's direct reply-to).
    await server.transport.reply(request.replyTo ?? replyTo, { id, payload: body, ...headers })
    const reply = await eventually(() => client.replies[0] ?? expect.fail('no reply yet'))
    expect(Buffer.from(reply.payload).toString()).toBe(body)
    expect(reply.id).toBe(id)
    if (native) expect(reply.headers).toMatchObject(headers.headers ?? {})
    expect(client.replies).toHaveLength(1)
    expect(server.replies).toEqual([])
  })
}
