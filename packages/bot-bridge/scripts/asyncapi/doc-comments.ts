import { readFileSync } from 'node:fs'

/** A doc comment. Its group has a name of its own in each place: Node 22 takes no name twice. */
const comment = (group: string): string => String.raw`\/\*\*(?<${group}>(?:[^*]|\*(?!\/))*)\*\/\s*`
const CONSTANT = String.raw`^(?:export )?const (?<constant>\w+)`
const FIELD = String.raw`(?<field>\w+)[:,]`
const PLACES = new RegExp(`(?:${comment('ofConstant')})?${CONSTANT}|${comment('ofField')}${FIELD}`, 'gm')

/**
 * The doc comments of one file of the contract. They say meanings and units once, for those who read the code and for
 * those who read the generated documents.
 */
export class DocComments {
  readonly #texts = new Map<string, string>()

  constructor(file: URL) {
    let owner = ''
    for (const { groups = {} } of readFileSync(file, 'utf8').matchAll(PLACES)) {
      const { constant, field } = groups
      const text = groups['ofConstant'] ?? groups['ofField']
      owner = constant ?? owner
      if (text === undefined) continue
      this.#texts.set(field === undefined ? owner : `${owner}.${field}`, text.replace(/\s*\n\s*\*\s*/g, ' ').trim())
    }
  }

  ofConstant(name: string): string | undefined {
    return this.#texts.get(name)
  }

  /** The comment of a field, or of the constant of its name that several schemas share. */
  ofField(owner: string, name: string): string | undefined {
    return this.#texts.get(`${owner}.${name}`) ?? this.#texts.get(name)
  }
}
