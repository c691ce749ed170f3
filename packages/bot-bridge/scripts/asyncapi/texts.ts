import type { ChannelName, CommandName } from '../../src/contract/contract.ts'

/* What the AsyncAPI document says beyond the contract. */

export const INFO = {
  title: 'Botbus bot contract',
  description: [
    'What a trading bot receives and sends through an MQTT broker: the wire format of Hummingbot, which every bot that ' +
      'runs the Botbus bridge speaks too. The document takes the side of the bot.',
    'A command is a request on a topic of the bot, and an answer on the topic that the request names in ' +
      '`header.reply_to`. Never publish a command retained: it would run again at each reconnect.',
    'Python peers also write bare `NaN` and `Infinity`, and negative integers as text; readers must take both.',
  ].join('\n\n'),
  license: { name: 'Apache-2.0', url: 'https://www.apache.org/licenses/LICENSE-2.0' },
}

export const SERVERS = {
  local: {
    host: 'localhost:1883',
    protocol: 'mqtt',
    protocolVersion: '3.1.1',
    description: 'A broker on this machine or a closed network, such as the embedded one. MQTT 5 works as well.',
    security: [{ $ref: '#/components/securitySchemes/userPassword' }],
  },
  tls: {
    host: 'localhost:8883',
    protocol: 'secure-mqtt',
    protocolVersion: '3.1.1',
    description: 'A broker that is reached through any other network: certificates are verified.',
    security: [
      { $ref: '#/components/securitySchemes/userPassword' },
      { $ref: '#/components/securitySchemes/clientCertificate' },
    ],
  },
}

export const SECURITY_SCHEMES = {
  userPassword: {
    type: 'userPassword',
    description: 'User name and password of the MQTT connection, where the broker asks.',
  },
  clientCertificate: { type: 'X509', description: 'A client certificate, where the broker asks.' },
}

export const PARAMETERS = {
  namespace: {
    description: 'The first levels of every topic of a group of bots.',
    default: 'hbot',
    examples: ['hbot'],
  },
  bot: { description: 'The id of the bot: one level, without `.`.', examples: ['testbot'] },
  name: {
    description: 'The name of an external event, one or more levels: `a/b` reaches the strategy as event `a.b`.',
    examples: ['order/market'],
  },
}

export const SUMMARIES: Record<CommandName | ChannelName, string> = {
  start: 'Start the imported strategy, or a script',
  stop: 'Stop the strategy and, unless told otherwise, cancel its orders',
  import: 'Load the configuration of a strategy',
  config: 'Set parameters, or list the configuration',
  balanceLimit: 'Limit what the bot may use of an asset on an exchange',
  balancePaper: 'Set the paper balance of an asset',
  history: 'List the trades of the last days',
  status: 'Ask for the status of the strategy, as a person reads it',
  commandShortcuts: 'Run shortcuts of the bot (Hummingbot v1.12 to v2.6)',
  heartbeat: 'A sign of life every 10 s',
  events: 'What happened to orders and positions',
  notify: 'Notifications for the person who runs the bot',
  log: 'Records of the bot’s log',
  statusUpdates: 'Availability, and what else the bot tells of its state',
  performance: 'Profit and positions of each controller, every second',
  externalEvent: 'An event for the strategy, from outside',
}
