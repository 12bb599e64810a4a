import type { JsonObject } from '../../core/json.ts'
import { JsonSyntaxError, parseJsonLiterals } from '../../core/parse-json.ts'
import type { MappedValues } from '../../engine/engine.ts'
import { compileMapping, type CompiledMapping } from './compile-mapping.ts'
import { readDocument } from './document-mapper.ts'
import { inferMapping } from './infer-mapping.ts'
import { checkLimits, countFields, type MappingLimits } from './limits.ts'
import { mergeMappings } from './merge-mappings.ts'
import type { Mapping } from './mapping.ts'

/**
 * Reads a document, and where it holds what the mapping does not know yet, learns that first.
 * @returns the mapping after it: the same one when nothing was learned. A document that fails teaches nothing.
 * @throws ElkhornError `document_parsing_exception` and its kin; `illegal_argument_exception` where a limit is reached
 */
export function readAndLearn(
  mapping: CompiledMapping,
  document: JsonObject,
  origin: { readonly id?: string; readonly source?: Uint8Array },
  limits: MappingLimits,
  out: MappedValues,
): CompiledMapping {
  if (!readDocument(mapping, document, origin.id, out, limits)) return mapping
  const learned = inferMapping(mapping.mapping, withLiterals(document, origin.source))
  if (!learned) return mapping
  const merged = mergeMappings(mapping.mapping, learned, 'update')
  if (merged === mapping.mapping) return mapping
  checkLimits(merged, limits, addedFields(mapping.mapping, merged))
  const compiled = compileMapping(merged, mapping.paths, mapping)
  // What is still unknown now is not to be learned: runtime fields, for example.
  readDocument(compiled, document, origin.id, out, limits)
  return compiled
}

export function addedFields(before: Mapping, after: Mapping): number {
  return countFields(after) - countFields(before)
}

/** The document with its numbers as they were written; one that only exists parsed is taken as it is. */
function withLiterals(document: JsonObject, source: Uint8Array | undefined): unknown {
  if (source === undefined) return document
  try {
    return parseJsonLiterals(Buffer.from(source.buffer, source.byteOffset, source.byteLength).toString('utf8'))
  } catch (error) {
    // The native parser is more lenient about keys that stand twice; the last one counts in both.
    if (error instanceof JsonSyntaxError) return document
    throw error
  }
}
