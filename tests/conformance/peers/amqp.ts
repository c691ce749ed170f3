import { amqp } from '@botbus/amqp'
import type { ConformanceTarget } from '@botbus/conformance'
import type { Transport } from '@botbus/core'

export const transport = (target: ConformanceTarget): Transport => amqp(target)
