import type { ConformanceTarget } from '@botbus/conformance'
import type { Transport } from '@botbus/core'
import { mqtt } from '@botbus/mqtt'

export const transport = (target: ConformanceTarget): Transport => mqtt({ ...target, protocolVersion: 4 })
