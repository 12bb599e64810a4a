import { XMLParser } from 'fast-xml-parser'

/** An entry of a feed: RSS 0.9 to 2.0, RDF, or Atom. What it does not have is absent. */
export interface FeedItem {
  readonly feed: string
  /** What tells it apart from others: its id, or its link, or its title. */
  readonly key: string
  readonly title: string
  readonly text: string
  readonly link?: string
  readonly author?: string
  readonly published?: string
  readonly updated?: string
}

type Node = Readonly<Record<string, unknown>>

const LISTS = new Set(['item', 'entry', 'link'])

/** @throws Error when it is no feed */
export function readFeed(xml: string): readonly FeedItem[] {
  const parser = new XMLParser({
    ignoreAttributes: false,
    attributeNamePrefix: '@',
    parseTagValue: false,
    processEntities: true,
    isArray: (name) => LISTS.has(name),
  })
  const document = nodeOf(parser.parse(xml))
  const atom = document?.['feed']
  if (isNode(atom)) return listOf(atom['entry']).map((entry) => atomItem(entry, textOf(atom['title'])))
  const rdf = document?.['rdf:RDF']
  const rss = document?.['rss']
  const channel = nodeOf(isNode(rss) ? rss['channel'] : isNode(rdf) ? rdf['channel'] : undefined)
  if (channel === undefined) throw new Error('it is no feed: neither RSS nor Atom')
  return listOf(isNode(rdf) ? rdf['item'] : channel['item']).map((item) => rssItem(item, textOf(channel['title'])))
}

function rssItem(item: Node, feed: string): FeedItem {
  const link = textOf(listOf(item['link'])[0] ?? firstOf(item['link']))
  const [title, guid] = [textOf(item['title']), textOf(item['guid'])]
  return {
    feed,
    key: guid || link || title,
    title,
    text: textOf(item['content:encoded']) || textOf(item['description']),
    ...present({
      link,
      author: textOf(item['author']) || textOf(item['dc:creator']),
      published: textOf(item['pubDate']) || textOf(item['dc:date']),
    }),
  }
}

function atomItem(entry: Node, feed: string): FeedItem {
  const links = listOf(entry['link'])
  const link = textOf((links.find((one) => one['@rel'] === undefined || one['@rel'] === 'alternate') ?? links[0])?.['@href'])
  const [title, id] = [textOf(entry['title']), textOf(entry['id'])]
  return {
    feed,
    key: id || link || title,
    title,
    text: textOf(entry['content']) || textOf(entry['summary']),
    ...present({
      link,
      author: textOf(nodeOf(firstOf(entry['author']))?.['name']),
      published: textOf(entry['published']),
      updated: textOf(entry['updated']),
    }),
  }
}

function present<T extends Readonly<Record<string, string>>>(fields: T): Partial<T> {
  return Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== '')) as Partial<T>
}

const isNode = (value: unknown): value is Node => typeof value === 'object' && value !== null && !Array.isArray(value)
const nodeOf = (value: unknown): Node | undefined => (isNode(value) ? value : undefined)
const firstOf = (value: unknown): unknown => (Array.isArray(value) ? (value as unknown[])[0] : value)
const listOf = (value: unknown): readonly Node[] => (Array.isArray(value) ? value.filter(isNode) : isNode(value) ? [value] : [])

/** The text of an element, with or without attributes. */
function textOf(value: unknown): string {
  const one = firstOf(value)
  if (typeof one === 'string') return one.trim()
  return isNode(one) && typeof one['#text'] === 'string' ? one['#text'].trim() : ''
}
