export { ALERT_CODES, type AlertCode } from './codes.ts'
export { type RouteConfig, type TradingviewConfig, tradingviewConfig } from './config/config.ts'
export { openSecrets } from './config/secrets.ts'
export { explain } from './explain/explain.ts'
export type { AlertExplanation, Explanation } from './explain/explanation.ts'
export { type Generated, generate } from './generate/generate.ts'
export type { Style } from './generate/styles.ts'
export type { AlertKind } from './generate/values.ts'
export { default } from './plugin.ts'
export { revealSecret } from './simulate/reveal-secret.ts'
export { SCENARIOS, type Scenario } from './simulate/scenarios.ts'
export {
  type AlertReport,
  SIMULATED_TEMPLATE,
  type SimulationOptions,
  type SimulationReport,
  simulate,
} from './simulate/simulate.ts'
