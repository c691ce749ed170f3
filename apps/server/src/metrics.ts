import type { Metrics } from '@botbus/plugin'
import { Counter, collectDefaultMetrics, Gauge, Histogram, Registry } from 'prom-client'

/** The registry of one server, with the figures of its process. */
export function createRegistry(): Registry {
  const registry = new Registry()
  collectDefaultMetrics({ register: registry })
  return registry
}

export interface ScopedMetrics extends Metrics {
  /** Takes all of them out of the registry. */
  clear(): void
}

/** Metrics under a prefix: `botbus_` of the server, `botbus_{plugin}_` of a plugin. The same name twice gives the same metric. */
export function scopeMetrics(registry: Registry, prefix: string): ScopedMetrics {
  const made = new Map<string, Counter | Gauge | Histogram>()
  const once = <Metric extends Counter | Gauge | Histogram>(
    kind: new (...args: never[]) => Metric,
    name: string,
    make: (full: string) => Metric,
  ): Metric => {
    const full = prefix + name
    const there = made.get(full)
    if (there instanceof kind) return there
    const metric = make(full)
    made.set(full, metric)
    return metric
  }
  return {
    counter: ({ name, help, labels = [] }) => {
      const options = { help, labelNames: [...labels], registers: [registry] }
      const counter = once(Counter, name, (full) => new Counter({ name: full, ...options }))
      return { inc: (values = {}, value = 1) => counter.inc(values, value) }
    },
    gauge: ({ name, help, labels = [], read }) => {
      const collect = read && {
        collect(this: Gauge) {
          this.set(read())
        },
      }
      const options = { help, labelNames: [...labels], registers: [registry], ...collect }
      const gauge = once(Gauge, name, (full) => new Gauge({ name: full, ...options }))
      return { set: (value, values = {}) => gauge.set(values, value) }
    },
    histogram: ({ name, help, labels = [], buckets }) => {
      const options = { help, labelNames: [...labels], buckets: [...buckets], registers: [registry] }
      const histogram = once(Histogram, name, (full) => new Histogram({ name: full, ...options }))
      return { observe: (value, values = {}) => histogram.observe(values, value) }
    },
    clear: () => {
      for (const name of made.keys()) registry.removeSingleMetric(name)
      made.clear()
    },
  }
}
