import type { NewDeadLetter, NewExecution, NewInboxEntry } from '@botbus/plugin'

export const HOUR = 3_600_000

export function entry(changes: Partial<NewInboxEntry> = {}): NewInboxEntry {
  return {
    source: 'demo',
    receivedAt: Date.now(),
    sender: '127.0.0.1',
    content: { action: 'buy', amount: '0.1' },
    guards: [],
    executions: [],
    ...changes,
  }
}

export function guard(key: string, until: number = Date.now() + HOUR): NewInboxEntry['guards'][number] {
  return { key, until }
}

export function execution(changes: Partial<NewExecution> = {}): NewExecution {
  return {
    lane: 'alpha',
    target: 'alpha',
    operation: 'event',
    payload: { type: 'buy', amount: '0.1' },
    expiresAt: Date.now() + HOUR,
    ...changes,
  }
}

export function deadLetter(changes: Partial<NewDeadLetter> = {}): NewDeadLetter {
  return {
    source: 'demo',
    receivedAt: Date.now(),
    sender: '127.0.0.1',
    code: 'UNREADABLE',
    reason: 'no JSON',
    content: 'buy now',
    ...changes,
  }
}
