import type { Labels, Log, LogFields, Metrics } from '@botbus/plugin'

export interface LogLine {
  readonly level: keyof Log
  readonly message: string
  readonly fields: LogFields | undefined
}

export function recordLog(): { readonly log: Log; readonly lines: LogLine[] } {
  const lines: LogLine[] = []
  const at =
    (level: keyof Log) =>
    (message: string, fields?: LogFields): void => {
      lines.push({ level, message, fields })
    }
  return { lines, log: { debug: at('debug'), info: at('info'), warn: at('warn'), error: at('error') } }
}

/** Values by name and labels: `alerts_total{demo,stored}`. */
export function recordMetrics(): { readonly metrics: Metrics; readonly values: Map<string, number> } {
  const values = new Map<string, number>()
  const keyOf = (name: string, labels: Labels = {}): string => {
    const texts = Object.values(labels)
    return texts.length === 0 ? name : `${name}{${texts.join(',')}}`
  }
  const add = (key: string, value: number): void => void values.set(key, (values.get(key) ?? 0) + value)
  const metrics: Metrics = {
    counter: ({ name }) => ({ inc: (labels, value = 1) => add(keyOf(name, labels), value) }),
    gauge: ({ name }) => ({ set: (value, labels) => void values.set(keyOf(name, labels), value) }),
    histogram: ({ name }) => ({ observe: (_, labels) => add(keyOf(name, labels), 1) }),
  }
  return { metrics, values }
}
