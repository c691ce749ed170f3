/** Values of keys that name a secret (`password`, `token`, `secret`, ...) are replaced before anything is written. */
export type LogFields = Readonly<Record<string, unknown>>

/** JSON lines on standard error, each with the name of the plugin. */
export interface Log {
  debug(message: string, fields?: LogFields): void
  info(message: string, fields?: LogFields): void
  warn(message: string, fields?: LogFields): void
  error(message: string, fields?: LogFields): void
}
