import { BotbusError, type Bus } from '@botbus/core'
import type { PluginBus } from '@botbus/plugin'

type Method = (...args: unknown[]) => unknown

/** The bus as one plugin sees it: what it opens ends with its signal, and afterwards everything is refused with `CLOSED`. */
export function scopeBus(bus: Bus, plugin: string, signal: AbortSignal): PluginBus {
  const assertOpen = (): void => {
    if (signal.aborted) throw new BotbusError('CLOSED', `the plugin ${plugin} has stopped`)
  }
  /** `position`: where the options stand behind a text; behind a contract and its parameters, one further. */
  const scoped = (name: 'subscribe' | 'messages' | 'call' | 'serve', position: number): Method => {
    const method = (bus[name] as Method).bind(bus)
    return (...args) => {
      assertOpen()
      const index = typeof args[0] === 'string' ? position : position + 1
      args[index] = withSignal(args[index] as { signal?: AbortSignal } | undefined, signal)
      return method(...args)
    }
  }
  const listeners = new Set<() => void>()
  signal.addEventListener('abort', () => {
    for (const stop of listeners) stop()
  })
  const scope = {
    publish: ((...args: Parameters<Method>) => {
      assertOpen()
      return (bus.publish as Method).apply(bus, args)
    }) as Method,
    messages: scoped('messages', 1),
    subscribe: scoped('subscribe', 2),
    call: scoped('call', 2),
    serve: scoped('serve', 2),
    onState: (listener: Parameters<Bus['onState']>[0]) => {
      assertOpen()
      const stop = bus.onState(listener)
      listeners.add(stop)
      return () => {
        listeners.delete(stop)
        stop()
      }
    },
    get state() {
      return bus.state
    },
    get capabilities() {
      return bus.capabilities
    },
    get transportName() {
      return bus.transportName
    },
  }
  for (const name of ['publish', 'subscribe', 'call', 'serve'] as const) scope[name] = rejecting(scope[name])
  return scope as unknown as PluginBus
}

/** Methods that return promises never throw. */
function rejecting(method: Method): Method {
  return (...args) => {
    try {
      return method(...args)
    } catch (error) {
      return Promise.reject(error)
    }
  }
}

function withSignal(options: { signal?: AbortSignal } | undefined, signal: AbortSignal): { signal: AbortSignal } {
  if (options === undefined) return { signal }
  return { ...options, signal: options.signal ? AbortSignal.any([options.signal, signal]) : signal }
}
