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
export { openStore } from './open-store.ts'
export { REDACTED, redact } from './redact/redact.ts'
export { redactText } from './redact/redact-text.ts'
export { isSecretKey } from './redact/secret-keys.ts'
export type { ClosablePluginStore, RetentionOptions, Store, StoreOptions } from './store.ts'
