// The schemas of plugins, so that an own copy of the library is not needed.
export { z } from 'zod'
export type { Bots, PluginBus, PluginContext } from './context.ts'
export { type AnyPlugin, definePlugin, isPlugin, type Plugin, type RunningPlugin } from './define-plugin.ts'
export type { Http, HttpScope, RouteScope } from './http.ts'
export type { Log, LogFields } from './log.ts'
export type { Counter, Gauge, Histogram, Labels, MetricOptions, Metrics } from './metrics.ts'
export type { AuditEntry, AuditLog, AuditRecord } from './store/audit.ts'
export type { DeadLetter, DeadLetters, NewDeadLetter } from './store/dead-letters.ts'
export {
  EXECUTION_STATUSES,
  type Execution,
  type ExecutionResult,
  type ExecutionStatus,
  type Executions,
  type NewExecution,
} from './store/executions.ts'
export type { Acceptance, Guard, Inbox, InboxEntry, NewInboxEntry } from './store/inbox.ts'
export type { JsonObject, JsonValue } from './store/json.ts'
export type { ListOptions, PluginStore } from './store/plugin-store.ts'
