import { isJsonObject, type JsonValue } from '../../core/json.ts'
import { builtInAnalysis, compileAnalysis, type Analysis, type AnalysisSettings } from '../../query/analysis/analysis.ts'
import type { SynonymSets } from '../../query/analysis/filters/synonyms.ts'
import { numberSetting } from './index-settings.ts'
import { printSettings, type Settings } from './settings-json.ts'

const PREFIX = 'index.analysis.'

/**
 * The analyzers that an index's settings define, beside the built-in ones.
 * @throws ElkhornError `illegal_argument_exception` for what makes no sense in them
 */
export function analysisOf(settings: Settings, synonymSets: SynonymSets): Analysis {
  const entries = Object.entries(settings).filter(([key]) => key.startsWith(PREFIX))
  if (entries.length === 0) return builtInAnalysis
  const nested = printSettings(Object.fromEntries(entries.map(([key, value]) => [key.slice(PREFIX.length), value])), {
    flat: false,
  })
  const section = (name: string): Readonly<Record<string, JsonValue | undefined>> => {
    const value = nested[name]
    return isJsonObject(value) ? value : {}
  }
  const definitions: AnalysisSettings = {
    analyzer: section('analyzer'),
    normalizer: section('normalizer'),
    tokenizer: section('tokenizer'),
    filter: section('filter'),
    char_filter: section('char_filter'),
  }
  const limits = {
    maxNgramDiff: numberSetting(settings, 'index.max_ngram_diff'),
    maxShingleDiff: numberSetting(settings, 'index.max_shingle_diff'),
  }
  return compileAnalysis(definitions, limits, synonymSets)
}
