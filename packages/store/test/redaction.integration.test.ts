import { describe, expect, it } from 'vitest'
import { onEachDatabase } from './support/on-each-database.ts'
import { deadLetter, entry, execution } from './support/samples.ts'

const SECRET = 'kR7-hush-4f1b9c2e'

describe('secrets', () => {
  onEachDatabase((laboratory) => {
    it('are nowhere on disk, whatever they came in', async () => {
      const store = await laboratory.open()
      const plugin = store.forPlugin('p')
      const content = {
        action: 'buy',
        secret: SECRET,
        deep: [{ api_key: SECRET, signalToken: SECRET }],
        mark: 'visible-mark',
      }
      const accepted = await plugin.inbox.accept(
        entry({ content, executions: [execution({ payload: { auth: { token: SECRET } } })] }),
      )
      await plugin.inbox.accept(entry({ content: `secret=${SECRET};action=buy` }))
      await plugin.inbox.accept(entry({ content: `{"email_token": "${SECRET}", "broken` }))
      const [id = ''] = accepted.status === 'stored' ? accepted.executions : []
      await plugin.executions.end(id, { status: 'failed', reply: { headers: { 'Set-Cookie': SECRET } } })
      await plugin.deadLetters.add(
        deadLetter({ content: { passphrase: SECRET }, reason: `cannot read password=${SECRET}` }),
      )
      await plugin.audit.append({ actor: 'local', action: 'x', detail: { password: SECRET } })
      expect(await plugin.inbox.get(accepted.id)).toMatchObject({
        content: { action: 'buy', secret: '[redacted]', deep: [{ api_key: '[redacted]', signalToken: '[redacted]' }] },
      })
      const written = (await laboratory.database.bytes()).toString('latin1')
      expect(written).toContain('visible-mark')
      expect(written).not.toContain(SECRET)
      await store.close()
      expect((await laboratory.database.bytes()).toString('latin1')).not.toContain(SECRET)
    })
  })
})
