import { startEmbeddedBroker } from '@botbus/server'
import { startMosquitto } from '../../scripts/broker/mosquitto.mjs'

/** A broker for one test file. */
export interface TestBroker extends AsyncDisposable {
  readonly url: string
  readonly port: number
}

/** The brokers that every interop test runs against. */
export const BROKERS: readonly { name: string; start(): Promise<TestBroker> }[] = [
  { name: 'Mosquitto', start: () => startMosquitto() },
  { name: 'the embedded broker (aedes)', start: () => startEmbeddedBroker({ port: 0 }) },
]

/** The arguments that name a broker to the programs in this folder. */
export function address({ port }: TestBroker): string[] {
  return ['--host', '127.0.0.1', '--port', String(port)]
}
