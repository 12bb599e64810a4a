import type { JsonObject } from '../../core/json.ts'
import { searchOptions } from '../../index/names/resolve-names.ts'
import { resolveLookups } from '../../index/search/lookups.ts'
import { search } from '../../index/search/search.ts'
import type { Where } from '../../index/search/targets.ts'
import { encodeTile } from '../../protocols/mvt/encode-tile.ts'
import { parseSearch } from '../../query/parse-search.ts'
import type { ApiContext } from '../api-context.ts'
import type { Answer, ApiRequest, Route } from '../http/route.ts'
import { indicesOptions, NAMES_PARAMS, namesOf } from '../indices/names.ts'
import { IN_URL, readTile } from '../vector-tile/read-tile.ts'
import { layersOf } from '../vector-tile/tile-layers.ts'
import { searchOf } from '../vector-tile/tile-search.ts'
import { required } from './documents.ts'

/** What a search finds in one tile of a map, as a vector tile: the documents, the cells of a grid over them, and how it went. */
export const vectorTileRoutes: readonly Route<ApiContext>[] = [
  {
    methods: ['GET', 'POST'],
    paths: ['/{index}/_mvt/{field}/{zoom}/{x}/{y}'],
    action: 'indices:data/read/search',
    params: [...NAMES_PARAMS, ...IN_URL],
    handler: vectorTile,
  },
]

async function vectorTile(request: ApiRequest, context: ApiContext): Promise<Answer> {
  const field = required(request, 'field')
  const asked = readTile(request)
  const where: Where = {
    names: namesOf(request),
    options: indicesOptions(request.query, searchOptions),
    action: 'indices:data/read/search',
  }
  const { access, signal } = request
  const body = await resolveLookups(searchOf(field, asked), { context: context.index, access, where, signal })
  const printing = { typedKeys: false, totalAsInt: false, node: context.node.id, allowPartial: true }
  const text = await search(context.index, access, where, parseSearch(body), printing, signal)
  const layers = layersOf(JSON.parse(text) as JsonObject, field, asked)
  return {
    status: 200,
    bytes: encodeTile(layers),
    filtered: true,
    headers: { 'content-type': 'application/vnd.mapbox-vector-tile' },
  }
}
