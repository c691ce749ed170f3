// Loaded before each program: ends it when `npm start` is gone, however it went. Programs run in process groups of their
// own, so that Ctrl-C reaches `npm start` alone and it can stop them in order; nothing else would end them then.
process.on('disconnect', () => {
  process.kill(process.pid, 'SIGTERM')
  setTimeout(() => process.kill(process.pid, 'SIGKILL'), 5_000).unref()
})
process.channel?.unref()
