import { encodeFilters, parseFilters } from '../query/filter.ts'
import type { Filter } from '../query/filter.ts'
import type { TimeRange } from '../time/time-range.ts'

/** Everything about a page that its address keeps, so that a link, a reload and “back” bring it again. */
export interface Address {
  /** Id of a data view, or names and patterns of indices. */
  readonly view?: string
  readonly query?: string
  /** Only where a person chose it; else it is recognised from the text. */
  readonly language?: 'kql' | 'lucene'
  readonly filters?: readonly Filter[]
  readonly range?: TimeRange
  readonly live?: boolean
  /** Discover: columns in order. */
  readonly columns?: readonly string[]
  readonly sort?: Sort
  /** Discover: the open document, `index/id`. */
  readonly document?: string
  /** Dashboard: the panel that fills the page. */
  readonly panel?: string
  /** Sign-in: the page to go to afterwards. A path of this host, never another address. */
  readonly next?: string
}

export interface Sort {
  readonly field: string
  readonly order: 'asc' | 'desc'
}

/** What of an address goes along to another page: the time, and pinned filters. */
export function carried({ range, live, filters = [] }: Address): Address {
  const pinned = filters.filter((filter) => filter.pinned)
  return {
    ...(range === undefined ? {} : { range }),
    ...(live === undefined ? {} : { live }),
    ...(pinned.length === 0 ? {} : { filters: pinned }),
  }
}

/** Reads the search part of an address. What makes no sense is left out: people shorten and mistype addresses. */
export function parseAddress(search: string): Address {
  const parameters = new URLSearchParams(search)
  const text = (name: string): string | undefined => parameters.get(name) ?? undefined
  const [from, to, language, live] = [text('from'), text('to'), text('lang'), text('live')]
  const filters = parseFilters(text('f') ?? '')
  const sort = parseSort(text('sort'))
  return defined({
    view: text('view'),
    query: text('q'),
    language: language === 'kql' || language === 'lucene' ? language : undefined,
    filters: filters.length === 0 ? undefined : filters,
    range: from === undefined || to === undefined ? undefined : { from, to },
    live: live === undefined ? undefined : live === '1',
    columns: text('columns')
      ?.split(',')
      .filter((name) => name !== ''),
    sort,
    document: text('doc'),
    panel: text('panel'),
    next: localPath(text('next')),
  })
}

/** The search part of an address, `?` included; empty for an empty address. */
export function printAddress({
  view,
  query,
  language,
  filters,
  range,
  live,
  columns,
  sort,
  document,
  panel,
  next,
}: Address): string {
  const pairs: [string, string | undefined][] = [
    ['view', view],
    ['q', query],
    ['lang', language],
    ['f', filters === undefined || filters.length === 0 ? undefined : encodeFilters(filters)],
    ['from', range?.from],
    ['to', range?.to],
    ['live', live === undefined ? undefined : live ? '1' : '0'],
    ['columns', columns?.join(',')],
    ['sort', sort === undefined ? undefined : `${sort.field}:${sort.order}`],
    ['doc', document],
    ['panel', panel],
    ['next', next],
  ]
  const text = pairs
    .flatMap(([name, value]) => (value === undefined || value === '' ? [] : [`${name}=${encode(value)}`]))
    .join('&')
  return text === '' ? '' : `?${text}`
}

/** Percent-encodes what would end a value, and leaves readable what need not be: `from=now-1h&columns=@timestamp,device.id`. */
function encode(value: string): string {
  return encodeURIComponent(value)
    .replaceAll(/%(?:2C|3A|40|2F|3B|3D|22|21|7E|5E)/g, (code) => decodeURIComponent(code))
    .replaceAll('%20', '+')
}

function parseSort(text: string | undefined): Sort | undefined {
  const colon = text?.lastIndexOf(':') ?? -1
  if (text === undefined || colon <= 0) return undefined
  const order = text.slice(colon + 1)
  return order === 'asc' || order === 'desc' ? { field: text.slice(0, colon), order } : undefined
}

/** A path that cannot lead to another host: `//host` and `/\\host` do. */
function localPath(text: string | undefined): string | undefined {
  return text !== undefined && /^\/(?![/\\])/.test(text) ? text : undefined
}

/** Without the members that are `undefined`. */
function defined<T extends object>(value: { [Key in keyof T]: T[Key] | undefined }): T {
  return Object.fromEntries(Object.entries(value).filter(([, member]) => member !== undefined)) as T
}
