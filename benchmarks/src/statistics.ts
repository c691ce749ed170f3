export function median(values: readonly number[]): number | null {
  const sorted = [...values].sort((a, b) => a - b)
  const middle = Math.floor(sorted.length / 2)
  const upper = sorted[middle]
  if (upper === undefined) return null
  return sorted.length % 2 === 1 ? upper : ((sorted[middle - 1] ?? upper) + upper) / 2
}

/** The median of the ratios of those pairs that were measured in one round. */
export function ratio(values: readonly (number | null)[], others: readonly (number | null)[]): number | null {
  const ratios = values.flatMap((value, round) => {
    const other = others[round]
    return value === null || other === null || other === undefined || other === 0 ? [] : [value / other]
  })
  return median(ratios)
}
