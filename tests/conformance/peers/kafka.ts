import type { ConformanceTarget } from '@botbus/conformance'
import type { Transport } from '@botbus/core'
import { kafka } from '@botbus/kafka'

export function transport({ lastWill, ...target }: ConformanceTarget): Transport {
  return kafka(target)
}
