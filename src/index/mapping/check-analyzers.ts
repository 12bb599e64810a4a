import type { Analysis } from '../../query/analysis/analysis.ts'
import type { FieldLookup } from '../../query/field.ts'
import { mapperParsing } from './parameters.ts'

/** @throws ElkhornError `mapper_parsing_exception` for a field whose analyzer or normalizer the index does not have */
export function checkAnalyzers(fields: FieldLookup, analysis: Analysis): void {
  for (const { path, parameters } of fields.all()) {
    for (const name of [parameters.analyzer, parameters.searchAnalyzer]) {
      if (name !== undefined && !analysis.findAnalyzer(name)) {
        throw mapperParsing(`Failed to parse mapping: analyzer [${name}] has not been configured in mappings (field [${path}])`)
      }
    }
    if (parameters.normalizer !== undefined && !analysis.findNormalizer(parameters.normalizer)) {
      throw mapperParsing(`Failed to parse mapping: normalizer [${parameters.normalizer}] not found for field [${path}]`)
    }
  }
}
