import type { Http, HttpScope } from '@botbus/plugin'
import type { Safety } from '../safety/safety.ts'
import { type AppOptions, createApp } from './app.ts'
import type { Area, Front } from './front.ts'

/** Bytes of a body where a route says nothing else. */
const BODY_LIMIT = 1024 * 1024

export interface PluginAppsOptions extends Omit<AppOptions, 'bodyLimit'> {
  readonly front: Front
  readonly safety: Pick<Safety, 'guardAll' | 'requireScope' | 'refuseUnreadable'>
}

/** The two applications of one plugin. Routes are added while it starts, and answered once it runs. */
export class PluginApps {
  readonly http: Http
  readonly #plugin: string
  readonly #front: Front
  readonly #areas: readonly OpenArea[]

  static async open(plugin: string, options: PluginAppsOptions): Promise<PluginApps> {
    const areas = await Promise.all((['webhooks', 'api'] as const).map((area) => openArea(area, plugin, options)))
    return new PluginApps(plugin, options.front, areas)
  }

  constructor(plugin: string, front: Front, areas: readonly OpenArea[]) {
    const scopeOf = (area: Area): HttpScope => {
      const found = areas.find((open) => open.area === area)
      if (!found) throw new TypeError(`no ${area}`)
      return found.scope
    }
    this.#plugin = plugin
    this.#front = front
    this.#areas = areas
    this.http = { webhooks: scopeOf('webhooks'), api: scopeOf('api') }
  }

  /** No route can be added any more. Rejects with what is wrong with one that was. */
  async ready(): Promise<void> {
    await Promise.all(this.#areas.map(({ finish }) => finish()))
    for (const { area, app } of this.#areas) {
      this.#front.set(area, this.#plugin, (request, response) => app.routing(request, response))
    }
  }

  /** The parts of the OpenAPI document; only once it is ready. */
  documents(): object[] {
    return this.#areas.map(({ app }) => app.swagger())
  }

  /** Runs the `onClose` hooks of the plugin. */
  async close(): Promise<void> {
    for (const { abandon } of this.#areas) abandon()
    await Promise.all(this.#areas.map(({ app }) => app.close()))
  }
}

interface OpenArea {
  readonly area: Area
  readonly app: HttpScope
  readonly scope: HttpScope
  finish(): Promise<void>
  abandon(): void
}

/** The scope stays open, and its plugin unfinished for fastify, until all routes are there. */
async function openArea(area: Area, plugin: string, options: PluginAppsOptions): Promise<OpenArea> {
  const { safety } = options
  const app = await createApp({ ...options, bodyLimit: BODY_LIMIT })
  const complete = Promise.withResolvers<void>()
  // In an object: fastify's instances are thenable, and to resolve with one waits for its end.
  const opened = Promise.withResolvers<{ scope: HttpScope }>()
  app.register(
    async (scope: HttpScope) => {
      if (area === 'webhooks') useRawBodies(scope)
      else safety.requireScope(scope)
      opened.resolve({ scope })
      await complete.promise
    },
    { prefix: `/${area}/${plugin}` },
  )
  const ready = Promise.resolve(app.ready())
  // Whoever finishes sees the rejection; a plugin that failed before is told of its own failure.
  ready.catch((error: unknown) => opened.reject(error))
  const { scope } = await opened.promise
  const finish = async (): Promise<void> => {
    complete.resolve()
    await ready
  }
  return { area, app, scope, finish, abandon: () => complete.resolve() }
}

/** Whatever the sender claims the body to be, the handler gets its bytes. */
function useRawBodies(scope: HttpScope): void {
  scope.removeAllContentTypeParsers()
  scope.addContentTypeParser('*', { parseAs: 'buffer' }, (_request, body, done) => done(null, body))
}
