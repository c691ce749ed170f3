import { defineChannel, defineRpc } from '@botbus/core'
import type { z } from 'zod'
import * as messages from './messages.ts'
import * as requests from './requests.ts'
import * as responses from './responses.ts'

export const DEFAULT_NAMESPACE = 'hbot'

/** Every address and topic of a bot in one namespace. `{bot}` is its id. */
export function botContract(namespace: string = DEFAULT_NAMESPACE) {
  const prefix = `${namespace.replace(/[/.]$/, '')}/{bot}` as const
  return {
    commands: {
      start: defineRpc({ address: `${prefix}/start`, request: requests.start, response: responses.done }),
      stop: defineRpc({ address: `${prefix}/stop`, request: requests.stop, response: responses.done }),
      import: defineRpc({ address: `${prefix}/import`, request: requests.importStrategy, response: responses.done }),
      config: defineRpc({ address: `${prefix}/config`, request: requests.config, response: responses.config }),
      balanceLimit: defineRpc({
        address: `${prefix}/balance/limit`,
        request: requests.balanceLimit,
        response: responses.withData,
      }),
      balancePaper: defineRpc({
        address: `${prefix}/balance/paper`,
        request: requests.balancePaper,
        response: responses.withData,
      }),
      history: defineRpc({ address: `${prefix}/history`, request: requests.history, response: responses.history }),
      status: defineRpc({ address: `${prefix}/status`, request: requests.status, response: responses.withData }),
      commandShortcuts: defineRpc({
        address: `${prefix}/command_shortcuts`,
        request: requests.commandShortcuts,
        response: responses.commandShortcuts,
      }),
    },
    channels: {
      heartbeat: defineChannel({ topic: `${prefix}/hb`, message: messages.heartbeat }),
      events: defineChannel({ topic: `${prefix}/events`, message: messages.event }),
      notify: defineChannel({ topic: `${prefix}/notify`, message: messages.notification }),
      log: defineChannel({ topic: `${prefix}/log`, message: messages.log }),
      statusUpdates: defineChannel({ topic: `${prefix}/status_updates`, message: messages.statusUpdate }),
      performance: defineChannel({ topic: `${prefix}/performance`, message: messages.performanceReport }),
      externalEvent: defineChannel({ topic: `${prefix}/external/event/{name...}`, message: messages.externalEvent }),
    },
  }
}

export type BotContract = ReturnType<typeof botContract>
export type CommandName = keyof BotContract['commands']
export type ChannelName = keyof BotContract['channels']

export type StartRequest = z.output<typeof requests.start>
export type StopRequest = z.output<typeof requests.stop>
export type ImportRequest = z.output<typeof requests.importStrategy>
export type ConfigRequest = z.output<typeof requests.config>
export type BalanceLimitRequest = z.output<typeof requests.balanceLimit>
export type BalancePaperRequest = z.output<typeof requests.balancePaper>
export type HistoryRequest = z.output<typeof requests.history>
export type StatusRequest = z.output<typeof requests.status>
export type CommandShortcutsRequest = z.output<typeof requests.commandShortcuts>
export type Trade = z.input<typeof responses.trade>
export type BotEvent = z.output<typeof messages.event>
export type ExternalEvent = z.output<typeof messages.externalEvent>
export type Performance = z.output<typeof messages.performance>
export type PerformanceReport = z.output<typeof messages.performanceReport>
