/** The last words of the gate: what passed, what failed, and how to run a failed step alone. */
export function summary(results) {
  const width = Math.max(...results.map(({ step }) => step.name.length))
  const lines = results.map(
    ({ step, code, seconds }) =>
      `${step.name.padEnd(width)}  ${code === 0 ? 'passed' : 'FAILED'}  ${seconds.toFixed(1).padStart(6)} s`,
  )
  const failed = results.filter(({ code }) => code !== 0)
  const verdict =
    failed.length === 0
      ? 'gate: all passed'
      : `gate: FAILED: ${failed.map(({ step }) => step.name).join(', ')}\n${failed.map(({ step }) => `  ${step.name} alone: ${step.alone}`).join('\n')}`
  return [...lines, verdict].join('\n')
}
