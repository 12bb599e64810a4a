import type { JsonValue } from '../../../core/json.ts'

/** How a language's analyzer is put together, as a custom analyzer in settings would say it. */
export interface LanguageChain {
  readonly charFilter?: string
  readonly tokenizer?: string
  /** Filters in order; `stop` and `keywords` stand where the language's stop words and `stem_exclusion` come. */
  readonly filters: readonly (string | { readonly type: string; readonly [parameter: string]: JsonValue })[]
}

const stemmer = (language: string): { type: string; language: string } => ({ type: 'stemmer', language })
const elision = (articles: string): { type: string; articles: string; articles_case: boolean } => ({
  type: 'elision',
  articles,
  articles_case: true,
})
const lowercase = (language: string): { type: string; language: string } => ({ type: 'lowercase', language })
const usual = (language: string): LanguageChain => ({ filters: ['lowercase', 'stop', 'keywords', stemmer(language)] })

/** Analyzers by language, each with the filters that Lucene's has. Settings may give `stopwords` and `stem_exclusion`. */
export const LANGUAGE_ANALYZERS: Readonly<Record<string, LanguageChain>> = {
  arabic: {
    filters: ['lowercase', 'decimal_digit', 'stop', 'arabic_normalization', 'keywords', stemmer('arabic')],
  },
  armenian: usual('armenian'),
  basque: usual('basque'),
  bengali: {
    filters: [
      'lowercase',
      'decimal_digit',
      'keywords',
      'indic_normalization',
      'bengali_normalization',
      'stop',
      stemmer('bengali'),
    ],
  },
  brazilian: usual('brazilian'),
  bulgarian: usual('bulgarian'),
  catalan: { filters: [elision('d,l,m,n,s,t'), 'lowercase', 'stop', 'keywords', stemmer('catalan')] },
  cjk: { filters: ['cjk_width', 'lowercase', 'cjk_bigram', 'stop'] },
  czech: usual('czech'),
  danish: usual('danish'),
  dutch: {
    filters: [
      'lowercase',
      'stop',
      'keywords',
      { type: 'stemmer_override', rules: ['fiets => fiets', 'bromfiets => bromfiets', 'ei => eier', 'kind => kinder'] },
      stemmer('dutch'),
    ],
  },
  estonian: usual('estonian'),
  finnish: usual('finnish'),
  french: {
    filters: [elision('l,m,t,qu,n,s,j,d,c,jusqu,quoiqu,lorsqu,puisqu'), 'lowercase', 'stop', 'keywords', stemmer('light_french')],
  },
  galician: usual('galician'),
  german: { filters: ['lowercase', 'stop', 'keywords', 'german_normalization', stemmer('light_german')] },
  greek: { filters: [lowercase('greek'), 'stop', 'keywords', stemmer('greek')] },
  hindi: {
    filters: ['lowercase', 'decimal_digit', 'keywords', 'indic_normalization', 'hindi_normalization', 'stop', stemmer('hindi')],
  },
  hungarian: usual('hungarian'),
  indonesian: usual('indonesian'),
  irish: {
    filters: [
      elision('d,m,b'),
      { type: 'stop', stopwords: ['h', 'n', 't'], ignore_case: true },
      lowercase('irish'),
      'stop',
      'keywords',
      stemmer('irish'),
    ],
  },
  italian: {
    filters: [
      elision('c,l,all,dall,dell,nell,sull,coll,pell,gl,agl,dagl,degl,negl,sugl,un,m,t,s,v,d'),
      'lowercase',
      'stop',
      'keywords',
      stemmer('light_italian'),
    ],
  },
  latvian: usual('latvian'),
  lithuanian: usual('lithuanian'),
  norwegian: usual('norwegian'),
  persian: {
    charFilter: 'persian',
    filters: ['lowercase', 'decimal_digit', 'arabic_normalization', 'persian_normalization', 'stop'],
  },
  portuguese: usual('light_portuguese'),
  romanian: usual('romanian'),
  russian: usual('russian'),
  sorani: { filters: ['sorani_normalization', 'lowercase', 'decimal_digit', 'stop', 'keywords', stemmer('sorani')] },
  spanish: usual('light_spanish'),
  swedish: usual('swedish'),
  thai: { tokenizer: 'thai', filters: ['lowercase', 'decimal_digit', 'stop'] },
  turkish: { filters: ['apostrophe', lowercase('turkish'), 'stop', 'keywords', stemmer('turkish')] },
}
