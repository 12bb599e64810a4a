import type { IndexAction } from '../../core/actions.ts'
import { illegalArgument } from '../../core/errors.ts'
import type { IndexState } from '../../index/index-state.ts'
import {
  metadataOptions,
  resolveIndices,
  searchOptions,
  type IndicesOptions,
  type NameContext,
} from '../../index/names/resolve-names.ts'
import type { ApiContext } from '../api-context.ts'
import type { QueryParams } from '../http/query-params.ts'
import type { ApiRequest } from '../http/route.ts'

/** Parameters of every endpoint that takes several names. */
export const NAMES_PARAMS = ['ignore_unavailable', 'allow_no_indices', 'expand_wildcards', 'ignore_throttled']
/** Parameters of every endpoint that changes metadata. */
export const TIMEOUT_PARAMS = ['timeout', 'master_timeout', 'cluster_manager_timeout']

export { metadataOptions, searchOptions }

/** Writing to metadata: wildcards must find something. */
export const changeOptions: IndicesOptions = { ...metadataOptions, allowNoIndices: false }

/** The names of a part of the path: separated by commas, none for everything. */
export function namesOf(request: ApiRequest, part = 'index'): readonly string[] {
  const text = request.part(part)
  return text === undefined || text === '' ? [] : text.split(',').map((name) => name.trim())
}

/** What the URL says about names, over the endpoint's defaults. @throws ElkhornError 400 */
export function indicesOptions(query: QueryParams, defaults: IndicesOptions): IndicesOptions {
  const options = {
    ...defaults,
    ignoreUnavailable: query.boolean('ignore_unavailable', defaults.ignoreUnavailable),
    allowNoIndices: query.boolean('allow_no_indices', defaults.allowNoIndices),
  }
  return query.has('expand_wildcards') ? { ...options, ...expandWildcards(query.list('expand_wildcards')) } : options
}

export function expandWildcards(words: readonly string[]): Pick<IndicesOptions, 'expandOpen' | 'expandClosed' | 'expandHidden'> {
  const expand = { expandOpen: false, expandClosed: false, expandHidden: false }
  for (const word of words) {
    switch (word) {
      case 'open':
        expand.expandOpen = true
        break
      case 'closed':
        expand.expandClosed = true
        break
      case 'hidden':
        expand.expandHidden = true
        break
      case 'all':
        expand.expandOpen = expand.expandClosed = expand.expandHidden = true
        break
      case 'none':
        expand.expandOpen = expand.expandClosed = expand.expandHidden = false
        break
      default:
        throw illegalArgument(`No valid expand wildcard value [${word}]`)
    }
  }
  // Hidden alone means open ones that are hidden as well.
  if (expand.expandHidden && !expand.expandClosed) expand.expandOpen = true
  return expand
}

export function nameContext(request: Pick<ApiRequest, 'access'>, { index }: ApiContext, action: IndexAction): NameContext {
  return { catalog: index.catalog, access: request.access, action, now: index.clock.now() }
}

/** The indices that the path names, as the URL's options say. */
export function requestIndices(
  request: ApiRequest,
  context: ApiContext,
  action: IndexAction,
  defaults: IndicesOptions,
): readonly IndexState[] {
  const options = indicesOptions(request.query, defaults)
  return resolveIndices(nameContext(request, context, action), namesOf(request), options).map(({ index }) => index)
}
