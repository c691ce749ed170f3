/** For programs that tests start: packages are read from their sources, so that tests need no build. */
export const environment: NodeJS.ProcessEnv = {
  ...process.env,
  NODE_OPTIONS: `${process.env['NODE_OPTIONS'] ?? ''} --conditions=@botbus/source`.trim(),
}
