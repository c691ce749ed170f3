export { ALERT_CODES, type AlertCode } from './codes.ts'
