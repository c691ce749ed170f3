/** Values of the labels that the metric was made with. Few different values: each one is a series of its own. */
export type Labels = Readonly<Record<string, string>>

export interface MetricOptions {
  /** Without prefix: `alerts_total` of the plugin `tradingview` becomes `botbus_tradingview_alerts_total`. */
  readonly name: string
  readonly help: string
  readonly labels?: readonly string[]
}

export interface Counter {
  inc(labels?: Labels, value?: number): void
}

export interface Gauge {
  set(value: number, labels?: Labels): void
}

export interface Histogram {
  observe(value: number, labels?: Labels): void
}

/** The plugin's part of `/metrics`. The same name twice gives the same metric. */
export interface Metrics {
  counter(options: MetricOptions): Counter
  /** `read`, where given, is called at each scrape. */
  gauge(options: MetricOptions & { readonly read?: () => number }): Gauge
  /** `buckets` are upper bounds, in the unit that the name ends in. */
  histogram(options: MetricOptions & { readonly buckets: readonly number[] }): Histogram
}
