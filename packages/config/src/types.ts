import type { BridgeSettings } from '@botbus/bridge'

/** TLS of a broker connection. Certificates are verified unless `insecureSkipVerify` says otherwise. */
export interface BrokerTls {
  /** Path of a PEM file with the authorities to trust, in place of the system's. */
  readonly ca?: string
  /** Path of the PEM file with our certificate; needs `key`. */
  readonly cert?: string
  /** Path of the PEM file with our private key; needs `cert`. */
  readonly key?: string
  /** The name that the broker's certificate must carry, where it is not the host of the URL. */
  readonly servername?: string
  /** Accepts any certificate: whoever sits between can read and change everything. For experiments only. */
  readonly insecureSkipVerify?: boolean
}

/** One broker. The scheme of `url` picks the transport. */
export interface BrokerConfig {
  readonly url: string
  readonly username?: string
  readonly password?: string
  /** Path of a file that holds the password; a newline at its end is cut. */
  readonly passwordFile?: string
  readonly clientId?: string
  readonly tls?: BrokerTls
}

/** TLS of the server. Paths of PEM files. */
export interface HttpTls {
  readonly cert: string
  readonly key: string
  /** The authorities of client certificates, where callers are asked for one. */
  readonly clientCa?: string
}

/** Where the server listens. */
export interface HttpConfig {
  /** Default `127.0.0.1`. */
  readonly host: string
  /** Default 8080. 0 takes a free one. */
  readonly port: number
  /** Names under which the server is reached, besides those of this machine. */
  readonly hosts: readonly string[]
  /** Addresses and CIDRs of the proxies whose `X-Forwarded-For` is believed. */
  readonly behindProxy: readonly string[]
  readonly tls?: HttpTls
}

/** Where the server keeps what must survive it. */
export interface StoreConfig {
  /** `sqlite:/absolute/path`, `sqlite::memory:` or `postgresql://...`, without user and password. */
  readonly url: string
  readonly username?: string
  readonly password?: string
  /** Path of a file that holds the password; a newline at its end is cut. */
  readonly passwordFile?: string
}

/** A plugin that the server loads. */
export interface PluginEntry {
  /** As it is written in the configuration. */
  readonly key: string
  /** The name of a plugin or package, or an absolute path. */
  readonly module: string
  /** Where relative paths of its section start. */
  readonly folder: string
  /** Checked by the plugin itself. */
  readonly section: unknown
}

/** What `loadConfig` returns: complete, checked, paths absolute. */
export interface BotbusConfig {
  /** The file that was read, if there is one. */
  readonly file?: string
  /** The `conf_client.yml` that was read, if there is one: it has more than the bridge's section. */
  readonly hummingbot?: string
  /** Without user and password in `url`; `embedded:` carries its port (`embedded:1883`). */
  readonly broker: BrokerConfig
  /** The port of the embedded MQTT broker. */
  readonly port: number
  /** The switches of the bridge, and the id of the bot where one is configured. */
  readonly bridge: BridgeSettings & { readonly id?: string }
  /** The `replyPrefixes` of the bus, where a strict setting is configured. */
  readonly replyPrefixes?: readonly string[]
  readonly http: HttpConfig
  /** Beside the config file, or in the working directory: `botbus.db`. */
  readonly store: StoreConfig
  /** In the order of the configuration. The highest layer that names plugins says which. */
  readonly plugins: readonly PluginEntry[]
}

/** Each value may be missing. */
type Loose<Section> = { readonly [Key in keyof Section]?: Section[Key] | undefined }

/** What a config file (or `overrides`) may hold. */
export interface ConfigInput {
  /** A URL, or a section. */
  readonly broker?:
    | string
    | (Loose<Omit<BrokerConfig, 'tls'>> & { readonly tls?: Loose<BrokerTls> | undefined })
    | undefined
  readonly port?: number | undefined
  readonly bridge?: Loose<BridgeSettings & { id: string }> | undefined
  /** Path of a Hummingbot `conf_client.yml`; its `mqtt_bridge` section and `instance_id` are the defaults of `bridge`. */
  readonly hummingbot?: string | undefined
  /** Servers reply only to addresses that begin with one of these. Default: to any that is safe. */
  readonly replyPrefixes?: readonly string[] | undefined
  readonly http?: (Loose<Omit<HttpConfig, 'tls'>> & { readonly tls?: Loose<HttpTls> | undefined }) | undefined
  /** A URL, or a section. */
  readonly store?: string | Loose<StoreConfig> | undefined
  /** By name, package or path. */
  readonly plugins?: Readonly<Record<string, unknown>> | undefined
}
