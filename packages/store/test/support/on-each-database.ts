import { afterAll, afterEach, beforeAll, beforeEach, describe } from 'vitest'
import { openStore, type Store, type StoreOptions } from '../../src/index.ts'
import { type Databases, KINDS, type TestDatabase } from './databases.ts'

/** What the tests of a suite work with; each test has a database of its own. */
export interface Laboratory {
  readonly database: TestDatabase
  /** A store on it; closed after the test. */
  open(options?: StoreOptions): Promise<Store>
}

/** The same tests on each database that the store supports. */
export function onEachDatabase(tests: (laboratory: Laboratory) => void): void {
  describe.each(KINDS)('on $name', ({ start }) => {
    let databases: Databases
    let database: TestDatabase
    let stores: Store[] = []

    beforeAll(async () => {
      databases = await start()
    })
    beforeEach(async () => {
      database = await databases.create()
    })
    afterEach(async () => {
      await Promise.all(stores.map((store) => store.close()))
      stores = []
      await database.remove()
    })
    afterAll(() => databases.stop())

    tests({
      get database() {
        return database
      },
      async open(options = {}) {
        const store = await openStore(database.url, { ...database.options, ...options })
        stores.push(store)
        return store
      },
    })
  })
}
