export { ALERT_CODES, type AlertCode } from './codes.ts'
export { default } from './plugin.ts'
