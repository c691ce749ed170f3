/** Instants are milliseconds since 1970; JSON is text; what may be missing is `null`. */
export interface Tables {
  alerts_inbox: InboxRow
  guards: GuardRow
  executions: ExecutionRow
  dead_letters: DeadLetterRow
  audit: AuditRow
  users: UserRow
  sessions: SessionRow
  tokens: TokenRow
  settings: SettingRow
}

export interface InboxRow {
  id: string
  plugin: string
  source: string
  received_at: number
  sender: string
  content: string
}

export interface GuardRow {
  plugin: string
  key: string
  until: number
  /** The inbox entry that holds it. */
  entry: string
}

export interface ExecutionRow {
  id: string
  plugin: string
  cause: string
  lane: string
  target: string
  operation: string
  payload: string
  status: string
  expires_at: number
  created_at: number
  sent_at: number | null
  ended_at: number | null
  reply: string | null
  reason: string | null
}

export interface DeadLetterRow {
  id: string
  plugin: string
  source: string
  received_at: number
  sender: string
  code: string
  reason: string
  content: string
  cause: string | null
  execution: string | null
  replayed_as: string | null
  replayed_at: number | null
}

export interface AuditRow {
  sequence: number
  at: number
  actor: string
  action: string
  target: string | null
  detail: string | null
  hash: string
}

export interface UserRow {
  id: string
  name: string
  /** The name as it is compared. */
  name_key: string
  password_hash: string
  scopes: string
  created_at: number
}

export interface SessionRow {
  id_hash: string
  user_id: string
  created_at: number
  expires_at: number
  last_seen_at: number
}

export interface TokenRow {
  id: string
  name: string
  name_key: string
  token_hash: string
  scopes: string
  selector: string | null
  created_at: number
  expires_at: number | null
  last_used_at: number | null
}

interface SettingRow {
  key: string
  value: string
}
