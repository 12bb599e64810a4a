/**
 * The stemmer of Estonian of Linda Freienthal, as Snowball described it in 2019 (https://snowballstem.org, algorithm "estonian",
 * BSD licence), which Lucene 9 has: irregular verbs by a table; of other words the emphasis, then either the ending of a verb or those of
 * number, case, degree and participle, from the end of the word.
 */
export function stemEstonian(word: string): string {
  const verb = IRREGULAR.get(word)
  if (verb !== undefined) return verb
  const region = regionOf(word)
  const calm = withoutEmphasis(word, region)
  return withoutDouble(withoutVerbEnding(calm, region) ?? withoutNounEndings(calm, region))
}

const VOWEL = '[aeiouõäöü]'
const LONG_VOWEL = /(aa|ee|ii|oo|uu|ää|öö|üü|õõ)$/
const SHORT_VOWEL = /[aeiou]$/
const ENDS_IN_VOWEL = /[aeiouõäöü]$/

/** Endings are looked for behind the first vowel and the consonant after it. */
function regionOf(word: string): number {
  const found = new RegExp(`^.*?${VOWEL}+[^aeiouõäöü]`, 's').exec(word)
  return found ? found[0].length : word.length
}

/** The longest of some endings that lies in the region. */
function endingOf(word: string, region: number, endings: readonly string[]): string | undefined {
  let longest: string | undefined
  for (const ending of endings)
    if (word.endsWith(ending) && word.length - ending.length >= region && ending.length > (longest?.length ?? 0)) longest = ending
  return longest
}

const cut = (word: string, ending: string): string => word.slice(0, word.length - ending.length)
const afterVowel = (stem: string): boolean => SHORT_VOWEL.test(stem) || LONG_VOWEL.test(stem)

function withoutEmphasis(word: string, region: number): string {
  const ending = endingOf(word, region, ['gi', 'ki'])
  const stem = cut(word, ending ?? '')
  if (ending === undefined || stem.length < 4) return word
  if (ending === 'gi') return /[cjlmnqrvwxaeiouõäöü]$/.test(stem) && !LONG_VOWEL.test(stem) ? stem : word
  return /[kptgbdshfšzž]$/.test(stem) ? stem : word
}

/** Endings of verbs, and what a stem has to end in before them. */
const VERB_ENDINGS: Readonly<Record<string, RegExp | undefined>> = {
  ...Object.fromEntries(
    'nuksin nuksime nuksid nuksite ksin ksid ksime ksite mata takse dakse taks daks akse sime site sin'
      .split(' ')
      .map((ending) => [ending, undefined]),
  ),
  me: ENDS_IN_VOWEL,
  da: ENDS_IN_VOWEL,
  n: ENDS_IN_VOWEL,
  b: ENDS_IN_VOWEL,
}
const VERB_ENDING_NAMES = Object.keys(VERB_ENDINGS)

/** `undefined` where there is none. */
function withoutVerbEnding(word: string, region: number): string | undefined {
  const ending = endingOf(word, region, VERB_ENDING_NAMES)
  if (ending === undefined) return undefined
  const stem = cut(word, ending)
  if (VERB_ENDINGS[ending]?.test(stem) === false) return undefined
  return ending === 'akse' ? `${stem}a` : stem
}

function withoutNounEndings(word: string, region: number): string {
  return [withBaseForm, withoutCase, withoutPlural, withoutDegree, withoutPluralVowel, withoutParticiple].reduce(
    (stem, step) => step(stem, region),
    word,
  )
}

/** `teadlasse`, `teadlast`, `teadlane` → `teadlase`. */
function withBaseForm(word: string, region: number): string {
  for (const base of ['las', 'mis', 'lis']) {
    const first = base.slice(0, 2)
    const forms = [`${base}se`, `${base}t`, `${first}ne`, `${base}i`]
    const form = endingOf(word, region, forms)
    if (form !== undefined) return `${cut(word, form)}${base}e`
  }
  return word
}

function withoutCase(word: string, region: number): string {
  const ending = endingOf(word, region, ['sse', 'st', 'le', 'lt', 'ga', 'ks', 'ta', 't', 's', 'l'])
  if (ending === undefined) return word
  const stem = cut(word, ending)
  return afterVowel(stem) ? stem : word
}

function withoutPlural(word: string, region: number): string {
  const ending = endingOf(word, region, ['ikkude', 'ikke', 'ike', 'sid', 'te', 'de', 'd'])
  if (ending === undefined) return word
  const stem = cut(word, ending)
  if (ending.startsWith('ik')) return `${stem}iku`
  if (ending === 'sid') return LONG_VOWEL.test(stem) ? word : stem
  if (ending !== 'te') return afterVowel(stem) ? stem : word
  if (stem.endsWith('t')) return word
  if (stem.length < 4) return `${stem}t`
  return /(?:mis|las|lis)$/.test(stem) ? `${stem}e` : stem
}

function withoutDegree(word: string, region: number): string {
  const ending = endingOf(word, region, ['mai', 'ma', 'm'])
  if (ending === undefined) return word
  const stem = cut(word, ending)
  return ending === 'ma' || SHORT_VOWEL.test(stem) ? stem : word
}

function withoutPluralVowel(word: string, region: number): string {
  const stem = endingOf(word, region, ['i']) === undefined ? word : cut(word, 'i')
  return SHORT_VOWEL.test(stem) ? stem : word
}

function withoutParticiple(word: string, region: number): string {
  const ending = endingOf(word, region, ['nu', 'tu', 'du', 'va'])
  return ending === undefined ? word : cut(word, ending)
}

/** `mõtte` → `mõte`. */
function withoutDouble(word: string): string {
  return /(?:kk|pp|tt)[aeiouõäöü]$/.test(word) ? `${word.slice(0, -2)}${word.slice(-1)}` : word
}

/** Stems of irregular verbs, each with its forms. */
const VERBS: readonly (readonly [stem: string, forms: string])[] = [
  ['joo', 'joon jood joob joote joome joovad jõin jõid jõi jõime jõite joomata juuakse joodakse juua jooma'],
  [
    'saa',
    'saan saad saab saate saame saavad saaksin saaksid saaks saaksite saaksime sain said sai saite saime saamata saadakse saadi saama saada',
  ],
  [
    'viima',
    'viin viid viib viite viime viivad viiksin viiksid viiks viiksite viiksime viisin viisite viisime viimata viiakse viidi viima viia',
  ],
  ['keesi', 'keen keeb keed kees keeme keete keevad keeksin keeks keeksid keeksime keeksite keemata keema keeta keedakse'],
  ['löö', 'löön lööd lööb lööme lööte löövad lööksin lööksid lööks lööksime lööksite löömata lüüakse löödakse löödi lööma lüüa'],
  ['löi', 'lõin lõid lõi lõime lõite'],
  ['loo', 'loon lood loob loome loote loovad looksin looksid looks looksime looksite loomata luuakse loodi luua looma'],
  ['käisi', 'käin käib käid käis käime käite käivad käiksin käiks käiksid käiksime käiksite käimata käiakse käidi käia käima'],
  [
    'söö',
    'söön sööb sööd sööme sööte söövad sööksin sööks sööksid sööksime sööksite sõin sõi sõid sõime sõite söömata süüakse söödakse söödi sööma süüa',
  ],
  [
    'too',
    'toon tood toob toote toome toovad tooksin tooksid tooks tooksite tooksime tõin tõid tõi tõime tõite toomata tuuakse toodi tooma tuua',
  ],
  ['võisi', 'võin võid võib võime võis võite võivad võiksin võiksid võiks võiksime võiksite võimata võidakse võidi võida võima'],
  [
    'jääma',
    'jään jääd jääb jääme jääte jäävad jääksin jääksid jääks jääksime jääksite jäime jäite jäin jäid jäi jäämata jäädakse jääda jääma jäädi',
  ],
  ['müüsi', 'müün müüd müüb müüs müüme müüte müüvad müüksin müüksid müüks müüksime müüksite müümata müüakse müüdi müüa müüma'],
  ['luge', 'loeb loen loed loeme loete loevad loeks loeksin loeksid loeksime loeksite'],
  ['põde', 'põen põeb põed põeme põete põevad põeksin põeks põeksid põeksime põeksite'],
  ['ladu', 'laon laob laod laome laote laovad laoksin laoks laoksid laoksime laoksite'],
  ['tegi', 'teeksin teeks teeksid teeksime teeksite teen teeb teed teeme teete teevad tegemata tehakse tehti tegema teha'],
  ['nägi', 'näen näeb näed näeme näete näevad näeksin näeks näeksid näeksime näeksite nägemata nähakse nähti näha nägema'],
]

const IRREGULAR: ReadonlyMap<string, string> = new Map(
  VERBS.flatMap(([stem, forms]) => forms.split(' ').map((form) => [form, stem] as const)),
)
