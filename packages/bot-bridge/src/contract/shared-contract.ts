import { type BotContract, botContract } from './contract.ts'

const contracts = new Map<string | undefined, BotContract>()

/** The contract of a namespace, one for all bots and clients of the process: a fleet has thousands of these and one namespace. */
export function sharedContract(namespace?: string): BotContract {
  let contract = contracts.get(namespace)
  if (!contract) {
    contract = botContract(namespace)
    contracts.set(namespace, contract)
  }
  return contract
}
