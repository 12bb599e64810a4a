import { illegalArgument } from '../core/errors.ts'
import type { JsonObject } from '../core/json.ts'
import type { EngineHost, MappedValues } from '../engine/engine.ts'
import type { Catalog } from './catalog.ts'
import { IndexState } from './index-state.ts'
import { mapDocument, normalize } from './documents/map-document.ts'
import { parseDocument } from './documents/parse-document.ts'
import { readDocumentBytes } from './mapping/document-bytes.ts'
import { parsingError } from './mapping/document-mapper.ts'

/** What the engine asks of the catalog: how documents are read, and which index a uuid is. */
export function engineHost(catalog: Catalog): EngineHost {
  return {
    schemaByUuid: (uuid) => catalog.findByUuid(uuid),
    fieldsDurable: () => catalog.durable(),
    map(schema, toMap, out) {
      const index = schema instanceof IndexState ? schema : catalog.findByUuid(schema.uuid)
      if (!index) throw illegalArgument(`no such index [${schema.name}]`)
      if (toMap.document === undefined && toMap.source !== undefined && readPlain(index, toMap.source, toMap.id, out)) return
      const document = toMap.document ?? parseDocument(toMap.source)
      const before = index.mapping
      const after = mapDocument(index, index.mapping, document, toMap, out)
      if (index.dataStream !== undefined) checkTimestamp(document)
      // Waited for by `fieldsDurable` and before the write is acknowledged.
      if (after !== before) catalog.setMapping(index, after).catch(() => undefined)
    },
  }
}

/** @returns whether the document was like those before, and was read without being parsed */
function readPlain(index: IndexState, source: Uint8Array, id: string | undefined, out: MappedValues): boolean {
  const { mapping } = index
  if (!readDocumentBytes(mapping, source, id, out, index.limits.ignoreMalformed)) return false
  if (index.dataStream !== undefined && !hasTime(out)) return false
  if (mapping.hasNormalizers) normalize(index, out)
  return true
}

function hasTime(out: MappedValues): boolean {
  for (let i = 0; i < out.length; i++) if (out.fields[i]?.path === '@timestamp') return true
  return false
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
