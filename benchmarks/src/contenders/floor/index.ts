import type { Contender, Peer, PeerOptions } from '../contender.ts'

const COMMON = 'no deadline, validation or error reply; a lost reply is never noticed; nothing reconnects'

/** What the raw clients can do, written by hand, with the writes of one turn coalesced as ours are. */
export const floor: Contender = {
  name: 'floor',
  packages: ['mqtt', 'amqplib', 'ioredis', 'kafkajs'],
  settings: {
    mqtt: `mqtt.js, MQTT 3.1.1, one connection, requests and replies in QoS 0, noDelay, debug log off; ${COMMON}`,
    amqp: `amqplib, one connection, direct reply-to, transient messages without acknowledgement, noDelay; ${COMMON}`,
    redis: `ioredis, RESP3, a connection for PUBLISH and one for SUBSCRIBE; ${COMMON}`,
    kafka: `kafkajs, acks 1, one partition per topic, a group for each consumer without commits, noDelay; ${COMMON}`,
  },
  open,
}

/** The same with requests and replies that the broker acknowledges, as ours are on MQTT. */
export const floorQos1: Contender = {
  name: 'floor-qos1',
  packages: ['mqtt'],
  settings: {
    mqtt: `mqtt.js, MQTT 3.1.1, a connection for writing and one for reading, requests and replies in QoS 1, noDelay, debug log off; ${COMMON}`,
  },
  open: async ({ url }) => (await import('./mqtt.ts')).openMqtt(url, 1),
}

/** Loads the client of that broker only: the time to start and memory are measured. */
async function open({ broker, url }: PeerOptions): Promise<Peer> {
  switch (broker) {
    case 'mqtt':
      return (await import('./mqtt.ts')).openMqtt(url, 0)
    case 'amqp':
      return (await import('./amqp.ts')).openAmqp(url)
    case 'redis':
      return (await import('./redis.ts')).openRedis(url)
    case 'kafka':
      return (await import('./kafka.ts')).openKafka(url)
  }
}
