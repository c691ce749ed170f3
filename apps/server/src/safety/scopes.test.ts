import { describe, expect, it } from 'vitest'
import { defaultScope, granted } from './scopes.ts'

describe('scopes', () => {
  it.each([
    [['read'], ['read']],
    [['operate'], ['read', 'operate']],
    [['config'], ['read', 'config']],
    [
      ['operate', 'config'],
      ['read', 'operate', 'config'],
    ],
    [['admin'], ['read', 'operate', 'config', 'admin']],
    [['root', 'ADMIN', ''], []],
  ])('%j grant %j', (scopes, expected) => {
    expect(granted(scopes)).toEqual(new Set(expected))
  })

  it('are needed by method where a route says nothing', () => {
    expect(['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE'].map(defaultScope)).toEqual([
      'read',
      'read',
      'operate',
      'operate',
      'operate',
      'operate',
    ])
  })
})
