const ACCEPTED = 'accepted: words joined by ".", such as order.market, of which only the last may end in "event"'

/** What is wrong with the name of an external event, or undefined: what `BotClient.sendEvent` would refuse. */
export function eventNameProblem(name: string): string | undefined {
  const path = name.replaceAll('.', '/')
  const isPath = /^[^/+#\s{}]+(\/[^/+#\s{}]+)*$/.test(path)
  return isPath && !path.includes('event/') && !path.startsWith('/') ? undefined : ACCEPTED
}

/** Bots whose id ends in `event` misread the name of every external event. */
export function takesEvents(bot: string): boolean {
  return !bot.endsWith('event')
}
