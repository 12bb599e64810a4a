import { illegalArgument } from '../core/errors.ts'
import type { JsonObject } from '../core/json.ts'
import type { EngineHost, MappedValues } from '../engine/engine.ts'
import { normalizeTerm } from '../query/analysis/analysis.ts'
import type { Catalog } from './catalog.ts'
import type { IndexState } from './index-state.ts'
import { parsingError } from './mapping/document-mapper.ts'
import { readAndLearn } from './mapping/learn.ts'

/** What the engine asks of the catalog: how documents are read, and which index a uuid is. */
export function engineHost(catalog: Catalog): EngineHost {
  return {
    schemaByUuid: (uuid) => catalog.findByUuid(uuid),
    fieldsDurable: () => catalog.durable(),
    map(schema, document, out, origin) {
      const index = catalog.findByUuid(schema.uuid)
      if (!index) throw illegalArgument(`no such index [${schema.name}]`)
      const before = index.mapping
      const after = readAndLearn(before, document, origin, index.limits, out)
      if (index.dataStream !== undefined) checkTimestamp(document)
      // Waited for by `fieldsDurable` and before the write is acknowledged.
      if (after !== before) catalog.setMapping(index, after).catch(() => undefined)
      if (after.hasNormalizers) normalize(index, out)
    },
  }
}

function normalize(index: IndexState, out: MappedValues): void {
  for (let i = 0; i < out.length; i++) {
    const name = out.fields[i]?.parameters.normalizer
    const value = out.values[i]
    if (name === undefined || typeof value !== 'string') continue
    const normalizer = index.analysis.findNormalizer(name)
    if (normalizer) out.values[i] = normalizeTerm(normalizer, value)
  }
}

/** A document of a data stream has one time. @throws ElkhornError `document_parsing_exception` */
function checkTimestamp(document: JsonObject): void {
  const timestamp = document['@timestamp']
  const problem =
    timestamp === undefined || timestamp === null
      ? 'is missing'
      : Array.isArray(timestamp)
        ? 'encountered multiple values'
        : undefined
  if (problem === undefined) return
  const reason = `data stream timestamp field [@timestamp] ${problem}`
  throw parsingError(`failed to parse: ${reason}`, illegalArgument(reason))
}
