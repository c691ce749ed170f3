import { describe, expect, it } from 'vitest'
import { targets } from './report/markdown.ts'
import { toMeasures } from './report/measure.ts'
import { judge } from './targets.ts'
import { growth } from './work/growth.ts'
import { concurrent, reliability } from './work/rpc.ts'

const rates = (
  name: string,
  rate: number,
  more: object = {},
): { contender: string; samples: Record<string, number>[] } => ({
  contender: name,
  samples: [{ rate, cpu: 1, clientPeak: 100, ...more }],
})

function verdict(text: string, measures: Parameters<typeof judge>[0]) {
  return judge(measures).find(({ target }) => target.startsWith(text))
}

describe('judge', () => {
  it('compares with the floor', () => {
    const measures = toMeasures('mqtt', concurrent, [
      rates('floor', 100),
      rates('ours', 94, { cpu: 1.1, clientPeak: 116 }),
    ])
    expect(verdict('64 calls in flight, to the floor', measures)).toMatchObject({ measured: 0.94, met: false })
    expect(verdict('64 calls in flight, CPU', measures)).toMatchObject({ measured: 1.1, met: true })
    expect(verdict('64 calls in flight, client memory', measures)).toMatchObject({ measured: 16, met: false })
  })

  it('compares with the best of the peers that were measured', () => {
    const peers = [rates('nestjs', 50), rates('moleculer', 80)]
    const measures = toMeasures('mqtt', concurrent, [rates('ours', 100), ...peers])
    expect(verdict('64 calls in flight, to the best', measures)).toMatchObject({ measured: 1.25, met: true })
  })

  it('cannot tell without those that it needs', () => {
    const measures = toMeasures('amqp', concurrent, [rates('ours', 100)])
    expect(verdict('64 calls in flight, to the floor', measures)).toMatchObject({ measured: null, met: null })
    expect(targets(judge(measures))).toBe('')
  })

  it('misses by one lost reply in any round', () => {
    const samples = [
      { lost: 0, slow: 0 },
      { lost: 1, slow: 0 },
    ]
    const measures = toMeasures('redis', reliability, [{ contender: 'ours', samples }])
    expect(verdict('replies lost', measures)).toMatchObject({ measured: 1, met: false })
    expect(targets(judge(measures))).toContain('| replies lost: at most 0 calls | Redis | 1.00 | **missed** |')
    expect(targets(judge(measures))).toContain(
      '| sequential calls of 35 ms or more: at most 0 calls | Redis | 0.00 | met |',
    )
  })

  it('holds the worst growth of ours against ten times the cost', () => {
    const samples = [{ cpuGrowth: 1.2, wallGrowth: 1.4, lost: 0 }]
    const measures = toMeasures('amqp', growth, [{ contender: 'ours: the worst', samples }])
    expect(verdict('ten times the load, CPU:', measures)).toMatchObject({ measured: 1.2, met: true })
    expect(verdict('ten times the load, time', measures)).toMatchObject({ measured: 1.4, met: false })
    expect(verdict('ten times the load, CPU of the broker', measures)).toMatchObject({ measured: null, met: null })
    expect(verdict('ten times the load, lost', measures)).toMatchObject({ measured: 0, met: true })
  })
})
