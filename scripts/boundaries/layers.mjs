// The layers of the workspace and which of them each may import. A new package finds its layer by its folder.

const layers = {
  core: { folder: /^packages\/core$/, mayImport: [] },
  transport: { folder: /^packages\/transport-[^/]+$/, mayImport: ['core'] },
  bridge: { folder: /^packages\/bot-bridge$/, mayImport: ['core'], testsToo: ['transport'] },
  conformance: { folder: /^packages\/conformance$/, mayImport: ['core', 'bridge'] },
  config: { folder: /^packages\/config$/, mayImport: ['core', 'transport', 'bridge'] },
  // What the server gives a plugin, without the server.
  contract: { folder: /^packages\/plugin$/, mayImport: ['core', 'bridge'] },
  store: { folder: /^packages\/store$/, mayImport: ['core', 'contract'] },
  plugin: { folder: /^plugins\/[^/]+$/, mayImport: ['core', 'bridge', 'contract'], testsToo: ['transport', 'store'] },
  app: {
    folder: /^apps\/[^/]+$/,
    mayImport: ['core', 'transport', 'bridge', 'config', 'contract', 'store', 'plugin'],
    testsToo: ['conformance'],
  },
  // Programs of which nothing is shipped, and which nobody imports.
  benchmark: {
    folder: /^benchmarks$/,
    mayImport: ['core', 'transport', 'bridge', 'config', 'contract', 'store', 'plugin'],
  },
}

/** `undefined` for a folder that no layer knows. */
export function layerOf(folder) {
  return Object.keys(layers).find((name) => layers[name].folder.test(folder))
}

/** Tests may hold a layer that the code itself must not know: the bridge's tests need some transport. */
export function mayImport(from, to, inTest) {
  const { mayImport: always, testsToo = [] } = layers[from]
  return always.includes(to) || (inTest && testsToo.includes(to))
}
