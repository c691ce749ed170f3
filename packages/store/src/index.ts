export type {
  Accounts,
  NewSession,
  NewToken,
  NewUser,
  Session,
  Sessions,
  Token,
  Tokens,
  User,
  Users,
} from './accounts.ts'
export type { Audit, AuditVerification } from './audit/audit.ts'
export type { ClosablePluginStore, RetentionOptions, Store, StoreOptions } from './store.ts'
