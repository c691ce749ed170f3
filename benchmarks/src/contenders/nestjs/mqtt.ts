import { ClientMqtt, ClientProxyFactory, Transport } from '@nestjs/microservices'
import type { MqttClient } from 'mqtt'
import type { Broker } from './broker.ts'

const silent = (): void => undefined

export function mqttBroker(url: string, tuned: boolean): Broker {
  // With a `log`, mqtt.js does not format lines for the `debug` package that nobody reads.
  const options = { url, ...(tuned ? { log: silent } : {}) }
  return {
    pattern: (topic) => topic,
    server: () => ({ transport: Transport.MQTT, options }),
    subscriber: () => ({ transport: Transport.MQTT, options }),
    caller: () =>
      tuned ? new SubscribedClientMqtt(options) : ClientProxyFactory.create({ transport: Transport.MQTT, options }),
    publisher: () => ClientProxyFactory.create({ transport: Transport.MQTT, options }),
    // Nest does not wait for its subscriptions; the broker grants them in order, so a later one tells.
    async granted(application) {
      const client = application.unwrap<MqttClient>()
      await client.subscribeAsync(`${client.options.clientId}/granted`)
    },
  }
}

/**
 * Stays subscribed to the replies. `ClientMqtt` unsubscribes when no call is in flight, which makes three round trips of each call, and
 * when another call begins meanwhile, its reply and all those after it are lost.
 */
class SubscribedClientMqtt extends ClientMqtt {
  protected override unsubscribeFromChannel(): void {
    // Nothing: the count of calls that need the subscription never falls.
  }
}
