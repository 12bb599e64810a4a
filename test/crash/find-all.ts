import type { ApiClient } from './api-client.ts'
import type { FoundDocument, KeyedDocument } from './expectation.ts'
import { APPENDED, KEYED } from './load.ts'

interface SearchAnswer {
  readonly hits: {
    readonly total: { readonly value: number }
    readonly hits: readonly {
      readonly _id: string
      readonly _version: number
      readonly _source?: KeyedDocument
      readonly sort?: readonly number[]
    }[]
  }
}

const PAGE = 10_000

/** Numbers of all appended documents, as searches find them page by page. */
export async function findAppended(client: ApiClient): Promise<number[]> {
  const found: number[] = []
  for (let last: number | undefined; ;) {
    const { hits } = (await client.call('POST', `/${APPENDED}/_search`, {
      size: PAGE,
      sort: ['n'],
      _source: false,
      ...(last === undefined ? {} : { search_after: [last] }),
    })) as SearchAnswer
    const page = hits.hits.map(({ sort }) => sort?.[0] ?? -1)
    // Of two documents with the same number one may stand behind this page, where nobody looks; `_count` tells then.
    found.push(...page)
    last = page.at(-1)
    if (page.length < PAGE) return found
  }
}

export async function findKeyed(client: ApiClient): Promise<FoundDocument[]> {
  const { hits } = (await client.call('POST', `/${KEYED}/_search`, { size: PAGE, version: true })) as SearchAnswer
  return hits.hits.map(({ _id, _version, _source }) => ({ id: _id, version: _version, source: _source ?? {} }))
}

/** What `_count` and a document's own address say, where it is not what searches found. */
export async function contradictions(
  client: ApiClient,
  appended: readonly number[],
  keyed: readonly FoundDocument[],
): Promise<string[]> {
  const problems: string[] = []
  for (const [index, found] of [[APPENDED, appended.length] as const, [KEYED, keyed.length] as const]) {
    const { count } = (await client.call('GET', `/${index}/_count`)) as { count: number }
    if (count !== found) problems.push(`${index}: _count says ${count}, searches find ${found}`)
  }
  const ids = keyed.map(({ id }) => id)
  if (ids.length === 0) return problems
  const { docs } = (await client.call('POST', `/${KEYED}/_mget`, { ids })) as {
    docs: readonly { readonly _id: string; readonly found: boolean; readonly _source?: KeyedDocument }[]
  }
  for (const [i, { _id, found, _source }] of docs.entries()) {
    if (!found || JSON.stringify(_source) !== JSON.stringify(keyed[i]?.source))
      problems.push(`${_id}: _mget gives ${JSON.stringify(_source)}, searches ${JSON.stringify(keyed[i]?.source)}`)
  }
  return problems
}
