import type { HttpScope } from '@botbus/plugin'
import { addAdvice } from './advice.ts'
import { addLetters } from './letters.ts'
import { addLists } from './lists.ts'
import type { ApiParts } from './parts.ts'

/** What operators see and do, behind the login of the server. */
export function addApi(scope: HttpScope, parts: ApiParts): void {
  addLists(scope, parts)
  addLetters(scope, parts)
  addAdvice(scope, parts)
}
