// The command line of `npm start`.
import { parseArgs } from 'node:util'

/** A mistake in the command line. */
export class UsageError extends Error {}

export const HELP = `Usage: npm start [-- --broker URL]

Starts the server of Botbus with an MQTT broker in it, on this machine (127.0.0.1) only, and two paper bots, alpha and beta,
that trade with paper money on simulated markets. Ctrl-C stops all of it; a second Ctrl-C kills it.

  --broker URL   use this broker and start none: mqtt://, amqp://, redis:// or kafka://, with TLS mqtts://, amqps://,
                 rediss:// or kafkas://, as in: npm start -- --broker amqp://127.0.0.1:5672
  --help         show this text

BOTBUS_PORT=1884 npm start        another port for the broker (default 1883)
BOTBUS_HTTP_PORT=8081 npm start   another port for HTTP (default 8080)
BOTBUS_DEMO_SECRET=... npm start  the secret of the demo route (default: a new one at each start)
BOTBUS_BROKER_USERNAME, BOTBUS_BROKER_PASSWORD and a botbus.config.yaml in this folder count too.

Exit codes: 0 stopped by Ctrl-C or SIGTERM, 1 it could not start or a part of it ended by itself, 4 a mistake in the
command line or the configuration (nothing was started), 130 killed.
`

export function readOptions(args) {
  let values
  try {
    values = parseArgs({
      args,
      options: { broker: { type: 'string' }, help: { type: 'boolean', short: 'h' } },
    }).values
  } catch (error) {
    throw new UsageError(`${error.message}; try: npm start -- --help`)
  }
  return { broker: values.broker, help: values.help ?? false }
}
