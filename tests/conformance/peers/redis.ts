import type { ConformanceTarget } from '@botbus/conformance'
import type { Transport } from '@botbus/core'
import { redis } from '@botbus/redis'

export const transport = ({ lastWill: _, ...target }: ConformanceTarget): Transport => redis(target)
