import { CommanderError } from 'commander'
import { afterEach, describe, expect, it, vi } from 'vitest'
import { parseArguments } from './arguments.ts'
import { BROKERS } from './contenders/contender.ts'
import { WORKS } from './work/works.ts'

const names = (args: string): string[] => parseArguments(args.split(' ')).works.map(({ name }) => name)

describe('parseArguments', () => {
  afterEach(() => {
    vi.restoreAllMocks()
  })

  it('means everything when nothing is named', () => {
    expect(parseArguments([])).toEqual({ brokers: BROKERS, works: WORKS, contenders: [] })
  })

  it('leaves growth out of a quick run, unless it is named', () => {
    expect(names('--quick')).toEqual(WORKS.map(({ name }) => name).filter((name) => name !== 'growth'))
    expect(names('--quick growth')).toEqual(['growth'])
  })

  it('takes brokers and works in any order, and does them in its own', () => {
    expect(parseArguments(['fanin', 'redis', 'sequential', 'mqtt'])).toMatchObject({ brokers: ['mqtt', 'redis'] })
    expect(names('fanin redis sequential mqtt')).toEqual(['sequential', 'fanin'])
  })

  it('reads rpc as the three works that call', () => {
    expect(names('mqtt rpc')).toEqual(['reliability', 'sequential', 'concurrent'])
  })

  it('takes options anywhere', () => {
    const args = [
      'mqtt',
      '--quick',
      'rpc',
      '--rounds',
      '2',
      '--seconds',
      '0.1',
      '--json',
      'x.json',
      '--contender',
      'ours',
      'nestjs',
    ]
    expect(parseArguments(args)).toMatchObject({
      quick: true,
      rounds: 2,
      seconds: 0.1,
      json: 'x.json',
      contenders: ['ours', 'nestjs'],
    })
  })

  it('takes brokers and works behind the contenders too', () => {
    const { brokers, contenders } = parseArguments(['--contender', 'ours', 'nestjs', 'mqtt', 'rpc'])
    expect({ brokers, contenders }).toEqual({ brokers: ['mqtt'], contenders: ['ours', 'nestjs'] })
    expect(names('--contender ours fanin')).toEqual(['fanin'])
  })

  it.each([
    [['mqqt'], 'Allowed choices are mqtt, amqp, redis, kafka, rpc, reliability'],
    [['--contender', 'other'], 'Allowed are ours,'],
    [['--rounds', '0'], 'Must be a whole number of at least 1.'],
    [['--rounds', '1.5'], 'Must be a whole number of at least 1.'],
    [['--seconds', 'long'], 'Must be a number of at least 0.01.'],
    [['--fast'], 'unknown option'],
  ])('refuses %j and says what is accepted', (args, text) => {
    const write = vi.spyOn(process.stderr, 'write').mockReturnValue(true)
    expect(() => parseArguments(args)).toThrow(CommanderError)
    expect(write.mock.calls.join('')).toContain(text)
  })
})
