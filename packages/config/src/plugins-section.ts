import { isAbsolute, resolve } from 'node:path'
import type { PluginEntry } from './types.ts'
import type { Section } from './validate.ts'

/** The plugins of a layer; a path starts at `folder`. */
export function readPlugins(plugins: Section, folder: string): Record<string, PluginEntry> {
  return Object.fromEntries(
    Object.entries(plugins).map(([key, section]) => {
      const isPath = /^\.{1,2}[/\\]/.test(key) || isAbsolute(key)
      return [key, { key, module: isPath ? resolve(folder, key) : key, folder, section: section ?? {} }]
    }),
  )
}
