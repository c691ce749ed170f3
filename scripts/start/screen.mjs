// What `npm start` shows: the first screen, and the prefix of each program's lines.
const paint = (code, stream = process.stdout) => {
  const colour = stream.isTTY === true && !process.env.NO_COLOR
  return (text) => (colour ? `\u001b[${code}m${text}\u001b[0m` : text)
}
const bold = paint('1')
const dim = paint('2')
const green = paint('32')
const dimError = paint('2', process.stderr)

export function firstScreen({ url, embedded, port, flag, http, demo }, bots) {
  const where = embedded ? 'MQTT, on this machine only, in memory' : 'yours'
  const rows = [
    ['broker', url, where],
    ['server', http, 'plugins; /docs describes the HTTP API, /ready says whether all of it runs'],
    ...bots.map(({ name, pair }) => [name, `paper bot, ${pair}`, 'market making on a simulated market, paper money']),
  ]
  const [first, second] = [0, 1].map((column) => Math.max(...rows.map((row) => row[column].length)))
  const table = rows.map(([name, what, more]) => `  ${green(name.padEnd(first))}  ${what.padEnd(second)}  ${dim(more)}`)
  const environment = embedded && port !== 1883 ? `BOTBUS_PORT=${port} ` : ''
  const option = flag === undefined ? '' : ` --url ${quoted(flag)}`
  const line = (command, note = '') =>
    `  ${bold(`${environment}npm run -s botbus -- ${command}${option}`)}${note && dim(`  (${note})`)}`
  return [
    '',
    bold('Botbus runs. Ctrl-C stops it.'),
    '',
    ...table,
    '',
    'Try, in another terminal in this folder:',
    '',
    line('bot status alpha'),
    line('bot logs alpha -f'),
    line('bot ls', 'listens for 11 s'),
    '',
    ...(demo ? alertLines(demo) : []),
    dim('Warnings and errors of the programs follow here.'),
    '',
    '',
  ].join('\n')
}

/** The alert that TradingView would send, and where it goes. */
function alertLines({ url, secret }) {
  const alert = JSON.stringify({ secret, action: 'buy', amount: '0.01' })
  return [
    'Let TradingView buy with the bot alpha (the secret is for this demo only):',
    '',
    `  ${bold(`curl ${url} -d ${quoted(alert)}`)}`,
    '',
  ]
}

/** As a shell takes it for one word: a list of hosts may be followed by a query. */
function quoted(word) {
  return /^[\w@%+=:,./-]+$/.test(word) ? word : `'${word.replaceAll("'", "'\\''")}'`
}

/** For stderr. */
export function prefixed(name, line) {
  return `${dimError(`${name.padEnd(6)} |`)} ${line}\n`
}
