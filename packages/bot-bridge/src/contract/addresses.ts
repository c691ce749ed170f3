import { botContract } from './contract.ts'

const contract = botContract('-')

/** What follows `{namespace}/{bot}/` in the addresses of all commands and channels. */
const SUFFIXES = [
  ...Object.values(contract.commands).map((command) => command.address),
  ...Object.values(contract.channels).map((channel) => channel.topic),
].map((template) => template.replace('-/{bot}/', ''))

const LITERAL = new Set(SUFFIXES.filter((suffix) => !suffix.includes('{')))
const OPEN_ENDED = SUFFIXES.filter((suffix) => suffix.includes('{')).map((suffix) =>
  suffix.slice(0, suffix.indexOf('{')),
)

/**
 * True for the address of a command or channel of any bot in any namespace. A reply to one would be a command that
 * nobody gave, or a message that no bot sent. `.` counts as `/`: some brokers and bots turn one into the other.
 */
export function isBotAddress(topic: string): boolean {
  const path = topic.replaceAll('.', '/')
  const levels = path.split('/')
  for (const depth of [1, 2]) {
    if (levels.length > depth + 1 && LITERAL.has(levels.slice(-depth).join('/'))) return true
  }
  return OPEN_ENDED.some((prefix) => `${path}/`.includes(`/${prefix}`))
}
