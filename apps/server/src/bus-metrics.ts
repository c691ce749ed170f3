import type { BusHooks } from '@botbus/core'
import type { Metrics } from '@botbus/plugin'

/** Counts what happens on the bus, by type; what is dropped also by reason. Topics are no labels: there is no end of them. */
export function countBusEvents(metrics: Metrics): BusHooks {
  const events = metrics.counter({ name: 'bus_events_total', help: 'What happened on the bus.', labels: ['type'] })
  const dropped = metrics.counter({
    name: 'bus_dropped_total',
    help: 'What arrived and was not handed on.',
    labels: ['reason'],
  })
  const calls = metrics.histogram({
    name: 'bus_call_seconds',
    help: 'How long calls took until they settled.',
    labels: ['outcome'],
    buckets: [0.001, 0.005, 0.02, 0.1, 0.5, 2, 10, 40],
  })
  return {
    observe: (event) => {
      events.inc({ type: event.type })
      if (event.type === 'dropped') dropped.inc({ reason: event.reason })
      else if (event.type === 'call') calls.observe(event.duration / 1000, { outcome: event.error?.code ?? 'ok' })
    },
  }
}
