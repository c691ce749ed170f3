import { stripVTControlCharacters } from 'node:util'
import type { JsonValue } from '@botbus/plugin'
import type { Delivery } from '../delivery.ts'
import type { AlertExplanation, Explanation, RuleExplanation } from './explanation.ts'

/** The explanation as text for a terminal, a line for each thing, without an end of line at its end. */
export function renderExplanation(explanation: Explanation): string {
  const { alerts, refusal, status, outcome, warnings } = explanation
  const isBatch = alerts.length > 1
  const lines = [
    `outcome   ${outcome}`,
    `answer    ${status}`,
    ...(refusal === undefined ? [] : ['read as   nothing: the body could not be read']),
    ...alerts.flatMap((alert, index) => [...(isBatch ? ['', `alert ${index + 1}`] : []), ...renderAlert(alert)]),
    ...warnings.map((warning) => `warning   ${warning}`),
  ]
  return lines.map(printable).join('\n')
}

function renderAlert({ dialect, secret, signal, age, rules, plan, refusal, fields }: AlertExplanation): string[] {
  const format = signal === undefined ? '' : `, format ${signal.format}`
  const understood = signal === undefined ? [] : Object.entries(signal).filter(([name]) => !HIDDEN.has(name))
  return [
    `read as   ${dialect}${format}`,
    `secret    ${secret}`,
    `fields    ${show(fields)}`,
    ...understood.map(([name, value]) => `signal    ${name} = ${show(value as JsonValue)}`),
    ...(age === undefined ? [] : [`age       ${Math.round(age / 100) / 10} s`]),
    ...rules.map(renderRule),
    ...(plan?.kind === 'ignore' ? [`ignored   ${plan.reason}`] : []),
    ...(plan?.kind === 'deliver' ? plan.deliveries.map(renderDelivery) : []),
    ...(refusal === undefined ? [] : [`refused   ${refusal.code}: ${refusal.message}`]),
  ]
}

const HIDDEN = new Set(['format', 'fields'])

function renderRule(rule: RuleExplanation): string {
  if (rule.verdict !== 'does not match') return `rule      ${rule.rule}: ${rule.verdict}`
  const { condition, wanted, found } = rule
  const seen = found === undefined ? 'nothing' : show(found)
  return `rule      ${rule.rule}: does not match, ${condition} is ${seen}, wanted ${wanted}`
}

function renderDelivery(delivery: Delivery): string {
  switch (delivery.kind) {
    case 'event':
      return `delivery  event ${delivery.name} for ${delivery.bot}: ${show(delivery.data)}`
    case 'command':
      return `delivery  command ${delivery.command} for ${delivery.bot}: ${show(delivery.arguments)}`
    case 'publish':
      return `delivery  message on ${delivery.topic}: ${show(delivery.message)}`
  }
}

const MAX_SHOWN = 500

function show(value: JsonValue): string {
  const text = JSON.stringify(value)
  return text.length > MAX_SHOWN ? `${text.slice(0, MAX_SHOWN)}...` : text
}

/** Texts of alerts are data: nothing in them moves a cursor or begins a line. */
function printable(line: string): string {
  // biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is replaced
  return stripVTControlCharacters(line).replace(/[\u0000-\u001f\u007f-\u009f\u202a-\u202e\u2066-\u2069]/g, '?')
}
