import type { JsonObject } from '../../core/json.ts'
import type { DocumentToMap, MappedValues } from '../../engine/engine.ts'
import { normalizeTerm } from '../../query/analysis/analysis.ts'
import type { IndexState } from '../index-state.ts'
import type { CompiledMapping } from '../mapping/compile-mapping.ts'
import { readAndLearn } from '../mapping/learn.ts'
import { InexactNumber } from '../mapping/value-readers.ts'
import { parseDocumentExactly } from './parse-document.ts'

/**
 * Reads a document as an index stores it, into `out`.
 * @returns the mapping with what the document teaches it; that of the index stays as it is
 * @throws ElkhornError `document_parsing_exception` and its kin
 */
export function mapDocument(
  index: IndexState,
  mapping: CompiledMapping,
  document: JsonObject,
  origin: Pick<DocumentToMap, 'id' | 'source'>,
  out: MappedValues,
): CompiledMapping {
  const after = read(index, mapping, document, origin, out)
  if (after.hasNormalizers) {
    normalize(index, out)
    for (const { values } of out.objects) normalize(index, values)
  }
  return after
}

function read(
  { limits }: IndexState,
  mapping: CompiledMapping,
  document: JsonObject,
  origin: Pick<DocumentToMap, 'id' | 'source'>,
  out: MappedValues,
): CompiledMapping {
  try {
    return readAndLearn(mapping, document, origin, limits, out)
  } catch (error) {
    if (!(error instanceof InexactNumber) || !origin.source) throw error
    return readAndLearn(mapping, parseDocumentExactly(origin.source), origin, limits, out)
  }
}

/** Keywords as their normalizers make them; not what stands in nested objects. */
export function normalize({ analysis }: IndexState, out: MappedValues): void {
  for (let i = 0; i < out.length; i++) {
    const name = out.fields[i]?.parameters.normalizer
    const value = out.values[i]
    if (name === undefined || typeof value !== 'string') continue
    const normalizer = analysis.findNormalizer(name)
    if (normalizer) out.values[i] = normalizeTerm(normalizer, value)
  }
}
