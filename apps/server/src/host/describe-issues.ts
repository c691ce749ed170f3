import type { z } from 'zod'

type Issue = z.core.$ZodIssue

/** Keys whose values are never shown, at any depth above the value. */
const SECRET = /secret|pass|token|api_?key|^key$|credential|auth/i

/** What a plugin's schema refuses, one line each: the path, what was found, what is accepted. */
export function describeIssues(issues: readonly Issue[], section: unknown, key: string): string[] {
  const root = /^[\w-]+$/.test(key) ? `plugins.${key}` : `plugins[${JSON.stringify(key)}]`
  return issues.flatMap((issue) => describe(issue, section, root))
}

function describe(issue: Issue, section: unknown, root: string): string[] {
  const name = [root, ...issue.path.map(String)].join('.')
  if (issue.code === 'unrecognized_keys') return issue.keys.map((unknown) => `${name}.${unknown}: unknown key`)
  if (issue.code === 'invalid_union') {
    const branch = deepest(issue.errors)
    if (branch) return branch.flatMap((inner) => describe(nested(inner, issue.path), section, root))
  }
  const found = show(valueAt(section, issue.path), issue.path)
  return [`${name}: found ${found}; ${issue.code === 'custom' ? '' : 'accepted: '}${accepted(issue)}`]
}

/** Of the alternatives, the one that what was found comes nearest to: its complaint is deepest inside. */
function deepest(branches: readonly (readonly Issue[])[]): readonly Issue[] | undefined {
  const depth = (branch: readonly Issue[]): number => Math.max(0, ...branch.map(({ path }) => path.length))
  const best = branches.toSorted((one, other) => depth(other) - depth(one))[0]
  return best && depth(best) > 0 ? best : undefined
}

function nested(issue: Issue, path: readonly PropertyKey[]): Issue {
  return { ...issue, path: [...path, ...issue.path] }
}

function accepted(issue: Issue): string {
  if (issue.code === 'invalid_union') {
    return [...new Set(issue.errors.flatMap((branch) => branch.map(accepted)))].join(', or ') || issue.message
  }
  if (issue.code === 'invalid_value') return issue.values.map((value) => String(value)).join(', ')
  if (issue.code === 'invalid_type') return issue.expected
  return issue.message
}

function valueAt(section: unknown, path: readonly PropertyKey[]): unknown {
  return path.reduce<unknown>((value, key) => (value as Record<PropertyKey, unknown> | undefined)?.[key], section)
}

function show(value: unknown, path: readonly PropertyKey[]): string {
  if (value === undefined) return 'nothing'
  if (Array.isArray(value)) return 'a list'
  if (typeof value === 'object' && value !== null) return 'a section'
  if (path.some((key) => SECRET.test(String(key)))) return 'a value that is not shown here'
  if (typeof value !== 'string') return String(value)
  return JSON.stringify(value.length > 80 ? `${value.slice(0, 80)}...` : value)
}
