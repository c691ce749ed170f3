import type { RouteScope } from '@botbus/plugin'

/** What each scope grants. `operate` and `config` include `read`, but not each other; `admin` includes all. */
const GRANTS: Readonly<Record<RouteScope, readonly RouteScope[]>> = {
  read: ['read'],
  operate: ['read', 'operate'],
  config: ['read', 'config'],
  admin: ['read', 'operate', 'config', 'admin'],
}

export const SCOPES: readonly ['read', 'operate', 'config', 'admin'] = ['read', 'operate', 'config', 'admin']

/** All scopes that those of an account grant. A word that is none grants nothing. */
export function granted(scopes: readonly string[]): ReadonlySet<RouteScope> {
  return new Set(SCOPES.filter((scope) => scopes.includes(scope)).flatMap((scope) => GRANTS[scope]))
}

/** What a route needs where it says nothing. */
export function defaultScope(method: string): RouteScope {
  return method === 'GET' || method === 'HEAD' ? 'read' : 'operate'
}
