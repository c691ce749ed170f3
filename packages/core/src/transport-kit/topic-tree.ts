/** What has been put at one pattern, and the patterns below it. */
interface Node<Value> {
  readonly children: Map<string, Node<Value>>
  readonly values: Set<Value>
}

/**
 * Values by pattern; a topic is looked up in time that depends on its levels, not on how many patterns there are. The rules are those of
 * `matches`.
 */
export class TopicTree<Value> {
  readonly #root: Node<Value> = newNode()

  /** The same value at one pattern counts once. */
  add(pattern: string, value: Value): void {
    let node = this.#root
    for (const level of pattern.split('/')) {
      const known = node.children.get(level)
      const next = known ?? newNode()
      if (!known) node.children.set(level, next)
      node = next
    }
    node.values.add(value)
  }

  delete(pattern: string, value: Value): void {
    const path: { readonly parent: Node<Value>; readonly level: string }[] = []
    let node: Node<Value> | undefined = this.#root
    for (const level of pattern.split('/')) {
      path.push({ parent: node, level })
      node = node.children.get(level)
      if (!node) return
    }
    node.values.delete(value)
    for (const { parent, level } of path.reverse()) {
      const child = parent.children.get(level)
      if (child && (child.values.size > 0 || child.children.size > 0)) return
      parent.children.delete(level)
    }
  }

  /** The values of all patterns that match; each once for each of its patterns. */
  matching(topic: string): Value[] {
    const found: Value[] = []
    if (!topic.startsWith('$')) collect(this.#root, topic, 0, found)
    // A wildcard does not stand for the first level of such topics.
    else descend(this.#root.children.get(levelAt(topic, 0)), topic, 0, found)
    return found
  }
}

/** What matches the levels from `start` on; beyond the end of the topic, only what stands for no level at all. */
function collect<Value>(node: Node<Value>, topic: string, start: number, found: Value[]): void {
  const rest = node.children.get('#')
  if (rest) found.push(...rest.values)
  if (start > topic.length) {
    found.push(...node.values)
    return
  }
  const level = levelAt(topic, start)
  // Some brokers deliver topics that have a wildcard's name in them.
  if (level !== '+' && level !== '#') descend(node.children.get(level), topic, start, found)
  descend(node.children.get('+'), topic, start, found)
}

function descend<Value>(child: Node<Value> | undefined, topic: string, start: number, found: Value[]): void {
  if (child) collect(child, topic, start + levelAt(topic, start).length + 1, found)
}

function levelAt(topic: string, start: number): string {
  const end = topic.indexOf('/', start)
  return end === -1 ? topic.slice(start) : topic.slice(start, end)
}

function newNode<Value>(): Node<Value> {
  return { children: new Map(), values: new Set() }
}
