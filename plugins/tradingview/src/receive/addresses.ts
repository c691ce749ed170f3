import { isIP } from 'node:net'
import ipaddr from 'ipaddr.js'

/** The addresses that TradingView says its alerts come from. */
const TRADINGVIEW_ADDRESSES = ['52.89.214.238', '34.212.75.30', '54.218.53.128', '52.32.178.7'] as const

type Network = readonly [ipaddr.IPv4 | ipaddr.IPv6, number]

/** Who may send to a route: `any`, `tradingview`, or addresses and networks. */
export type Addresses = 'any' | 'tradingview' | readonly string[]

/** Whether an address is among them. An IPv4 address inside an IPv6 one is that IPv4 address. What is no address is not. */
export function addressRule(addresses: Addresses): (address: string) => boolean {
  if (addresses === 'any') return () => true
  const list = addresses === 'tradingview' ? TRADINGVIEW_ADDRESSES : addresses
  const networks = list.map(toNetwork)
  return (text) => {
    const address = parse(text)
    return address !== undefined && networks.some(([network, bits]) => isIn(address, network, bits))
  }
}

/** Whether it is this machine. */
export function isLoopback(text: string | undefined): boolean {
  return text !== undefined && parse(text)?.range() === 'loopback'
}

function parse(text: string): ipaddr.IPv4 | ipaddr.IPv6 | undefined {
  // The library reads more as addresses than the system does: a number, or one with fewer parts.
  if (isIP(text) === 0) return undefined
  // A link-local address may name its interface.
  return ipaddr.process(text.split('%')[0] ?? '')
}

/** The configuration has checked it. */
function toNetwork(text: string): Network {
  const [address = '', bits] = text.split('/')
  const given = ipaddr.parse(address)
  const plain = ipaddr.process(address)
  const all = plain.kind() === 'ipv4' ? 32 : 128
  // `::ffff:10.0.0.0/104` means 10.0.0.0/8.
  const offset = given.kind() === plain.kind() ? 0 : 96
  return [plain, bits === undefined ? all : Math.max(0, Number(bits) - offset)]
}

function isIn(address: ipaddr.IPv4 | ipaddr.IPv6, network: ipaddr.IPv4 | ipaddr.IPv6, bits: number): boolean {
  return address.kind() === network.kind() && address.match(network, bits)
}
