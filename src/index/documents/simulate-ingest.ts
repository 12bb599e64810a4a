import type { IndexAccess } from '../../core/access.ts'
import { ElkhornError, illegalArgument } from '../../core/errors.ts'
import type { JsonObject } from '../../core/json.ts'
import { MappedValues } from '../../engine/engine.ts'
import { splitContext, type IngestPipelines } from '../../ingest/ingest-pipelines.ts'
import { compileMapping } from '../mapping/compile-mapping.ts'
import { readAndLearn } from '../mapping/learn.ts'
import { indexSetting } from '../settings/index-settings.ts'
import { mappingLimits } from '../settings/mapping-limits.ts'
import { composeFor } from '../templates/compose.ts'
import type { IndexContext } from '../index-context.ts'
import { findWriteTarget, requireWrite } from './write-target.ts'

type Fields = Record<string, unknown>

/** A document that is not written. */
export interface SimulatedDocument {
  readonly index: string
  readonly id: string | undefined
  readonly source: Fields
}

/** What would have become of it. */
export interface SimulatedResult {
  readonly index: string
  readonly id: string | undefined
  readonly source: Fields
  /** Pipelines that it came through. */
  readonly executed: readonly string[]
  /** Why it would not have been written. */
  readonly error: ElkhornError | undefined
}

/** A document may be sent on from place to place this often. */
const MAX_HOPS = 10

/** What documents of one request have in common. */
export interface Simulation {
  readonly context: IndexContext
  readonly access: IndexAccess
  readonly ingest: IngestPipelines
  /** Instead of the default one of the first index. */
  readonly pipeline: string | undefined
  /** Where documents of the request have come to already, by name. */
  readonly places: Map<string, Place>
}

/**
 * What a write would make of a document: the pipelines of its index, or of what templates say the index would be, of where
 * these send it, and whether the mapping takes what comes out. Nothing is written.
 * @throws ElkhornError `security_exception` (403)
 */
export function simulateIngest(
  { context, access, ingest, pipeline, places }: Simulation,
  given: SimulatedDocument,
): SimulatedResult {
  const { principal } = access
  const placeOf = (name: string): Place => {
    const place = places.get(name) ?? loadPlace(context, name)
    places.set(name, place)
    return place
  }
  const document = ingest.newDocument(given.source, { index: given.index, id: given.id, routing: undefined, principal })
  const indexNow = (): string => String(document.context['_index'])
  const result = (error?: ElkhornError): SimulatedResult => {
    const { metadata, fields } = splitContext(document.context)
    const id = metadata['_id']
    return {
      index: indexNow(),
      id: id === null || id === undefined ? undefined : String(id),
      source: fields,
      executed: document.executed,
      error,
    }
  }
  try {
    for (let hop = 0; hop <= MAX_HOPS; hop++) {
      const index = indexNow()
      requireWrite(access, 'create', index)
      const usual = (hop === 0 ? pipeline : undefined) ?? placeOf(index).default
      if (usual !== undefined && usual !== '_none') ingest.runOn(ingest.stored(usual), document)
      if (document.dropped) return result()
      document.ended = false
      if (indexNow() === index) break
      if (hop === MAX_HOPS)
        throw illegalArgument(`the document was sent on more than [${MAX_HOPS}] times: do pipelines reroute in a circle?`)
    }
    const place = placeOf(indexNow())
    if (place.final !== undefined) ingest.runOn(ingest.stored(place.final), document)
    if (!document.dropped) place.check(splitContext(document.context).fields as JsonObject)
    return result()
  } catch (error) {
    if (error instanceof ElkhornError && error.status !== 403) return result(error)
    throw error
  }
}

interface Place {
  readonly default: string | undefined
  readonly final: string | undefined
  /** @throws ElkhornError for a document that the mapping does not take */
  check(document: JsonObject): void
}

/** An index, or what templates would make of its name. */
function loadPlace(context: IndexContext, name: string): Place {
  const found = findWriteTarget(context, name, 'create')?.index
  if (found) {
    return {
      ...found.pipelines,
      check: (document) => void readAndLearn(found.mapping, document, {}, found.limits, new MappedValues()),
    }
  }
  const { mapping, settings } = composeFor(context.catalog, name)
  const named = (key: string): string | undefined => {
    const pipeline = indexSetting(settings, key)
    return pipeline === undefined || pipeline === '_none' || pipeline === '' ? undefined : pipeline
  }
  const [compiled, limits] = [compileMapping(mapping, []), mappingLimits(settings)]
  return {
    default: named('index.default_pipeline'),
    final: named('index.final_pipeline'),
    check: (document) => void readAndLearn(compiled, document, {}, limits, new MappedValues()),
  }
}
