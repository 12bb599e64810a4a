import { expect, test } from 'vitest'
import { cloneFields, createEvent, type Event, type Fields } from '../core/event.ts'
import { printFields } from '../core/event-json.ts'
import { Timestamp } from '../core/timestamp.ts'
import { seededRandom, type Random } from '../sample/random.ts'
import { openTestChain } from './test-chain.ts'

/*
 * Any event through any filter chain gives the same alone and in a batch, wherever batches end. Only `aggregate`, `throttle` and
 * `elapsed`, which remember events on purpose, are not among these filters.
 */

const CHAINS = 60
const EVENTS = 40

const FILTERS = [
  'mutate { convert => { "n" => "integer" "f" => "float" } }',
  'mutate { rename => { "a" => "[nested][a]" } add_tag => ["renamed"] }',
  'mutate { gsub => ["message", "[aeiou]", "_"] uppercase => ["device.type"] }',
  'mutate { split => { "csv" => "," } add_field => { "first" => "%{[csv][0]}" "both" => "%{n}-%{[device][id]}" } }',
  'mutate { copy => { "message" => "[copy][of]" } merge => { "tags" => "csv" } remove_field => ["f"] }',
  'mutate { replace => { "message" => "%{message} again" } strip => ["csv"] }',
  'grok { match => { "message" => ["^%{WORD:level}\\|%{GREEDYDATA:rest}$", "%{INT:number:int}"] } }',
  'grok { match => { "message" => "%{NUMBER:f:float}" } break_on_match => false tag_on_failure => ["no_number"] }',
  'dissect { mapping => { "message" => "%{one}|%{two}|%{three}" } }',
  'kv { source => "message" field_split => "|" value_split => "=" target => "kv" }',
  'json { source => "json" target => "parsed" skip_on_invalid_json => true }',
  'csv { source => "csv" columns => ["x", "y", "z"] }',
  'date { match => ["time", "ISO8601", "UNIX"] }',
  'date { match => ["time", "yyyy-MM-dd HH:mm:ss"] target => "[when]" tag_on_failure => [] }',
  "ruby { code => \"event.set('double', event.get('n').to_i * 2) if event.get('n')\" }",
  "ruby { code => \"event.cancel if event.get('n').to_s == '7'\" }",
  "ruby { code => \"raise 'odd' if event.get('message').to_s.length.odd?\" }",
  "ruby { code => \"new_event_block.call(LogStash::Event.new('made_of' => event.get('id')))\" }",
  'clone { clones => ["copy"] }',
  'split { field => "csv" }',
  'split { field => "list" target => "item" }',
  'fingerprint { source => ["message", "n"] method => "SHA256" concatenate_sources => true }',
  'translate { source => "message" target => "meaning" dictionary => { "INFO|x|1" => "well" } fallback => "unknown" }',
  'prune { blacklist_names => ["^time$"] }',
  'truncate { fields => ["message"] length_bytes => 7 }',
  'urldecode { field => "message" }',
  'bytes { source => "size" }',
  'de_dot { }',
  'cidr { address => ["%{ip}"] network => ["10.0.0.0/8"] add_tag => ["inside"] }',
  'useragent { source => "agent" target => "ua" }',
  'validate { range => { "n" => [0, 50] } }',
  'convert_unit { field => "f" from => "F" to => "C" }',
  'drop { }',
]
const CONDITIONS = [
  '[n] == 3',
  '[n] > 10 and [device][id] != "d2"',
  '"renamed" in [tags] or [message] =~ /^INFO/',
  '[message] !~ "ERROR"',
  '![parsed]',
  '[level] in ["INFO", "ERROR"] and [csv]',
]

const pick = <T>(from: readonly T[], random: Random): T => from[Math.floor(random() * from.length)] as T

/** Filters and conditionals, up to so deep. */
function anyBlock(random: Random, depth: number): string {
  const parts = Array.from({ length: 1 + Math.floor(random() * 4) }, () => {
    if (depth === 0 || random() < 0.6) return pick(FILTERS.slice(0, random() < 0.9 ? -1 : undefined), random)
    const body = anyBlock(random, depth - 1)
    const otherwise = random() < 0.5 ? ` else { ${anyBlock(random, depth - 1)} }` : ''
    const second = random() < 0.3 ? ` else if ${pick(CONDITIONS, random)} { ${anyBlock(random, depth - 1)} }` : ''
    return `if ${pick(CONDITIONS, random)} { ${body} }${second}${otherwise}`
  })
  return parts.join('\n')
}

function anyFields(random: Random, id: number): Fields {
  const some = <T extends Fields[string]>(value: T): T | undefined => (random() < 0.7 ? value : undefined)
  return {
    '@timestamp': new Timestamp(Date.UTC(2024, 4, 1) + id),
    id,
    n: some(pick([0, 3, '7', 7, 42, '12', 'x', null, [1, 2]], random)),
    f: some(pick(['20.0', 1.5, '98.6', 'warm'], random)),
    a: some('value of a'),
    message: some(pick(['INFO|x|1', 'ERROR|disk|2', 'a=1|b=2', 'no 3.5', '', 'caf\u00e9%20x', 'plain'], random)),
    csv: some(pick(['1,2,3', 'one', ' a,b ', ''], random)),
    json: some(pick(['{"p":{"q":1.0}}', '[1', '"s"'], random)),
    list: some(pick<Fields[string]>([['x', 'y'], [], ['z']], random)),
    time: some(pick(['2024-05-01T10:00:00Z', '1714557600', '2024-05-01 10:00:00', 'never'], random)),
    device: some({ id: pick(['d1', 'd2'], random) }),
    'device.type': some('temp'),
    size: some(pick(['10 kb', '3mb', 'big'], random)),
    ip: some(pick(['10.1.2.3', '192.0.2.1', 'nowhere'], random)),
    agent: some('Mozilla/5.0 (X11; Linux x86_64; rv:125.0) Gecko/20100101 Firefox/125.0'),
    tags: some(['seed']),
  }
}

/** Runs events in batches of these sizes, each with filters of their own life. Answers what came out, in its order. */
async function run(filters: string, all: readonly Fields[], sizes: () => number): Promise<string[]> {
  const chain = await openTestChain(`filter {\n${filters}\n}`)
  const out: Event[] = []
  for (let at = 0; at < all.length;) {
    const batch = all.slice(at, at + sizes()).map((fields, order) => ({ ...createEvent(cloneFields(fields)), order }))
    at += batch.length
    out.push(...(await chain.run(batch)))
  }
  out.push(...(await chain.flush('all')))
  await chain.close()
  return out.map(({ fields }) => printFields(fields))
}

test.each(Array.from({ length: CHAINS }, (_, n) => n))(
  'chain %i: one by one, in batches of any size, and all at once',
  async (n) => {
    const random = seededRandom(`chain ${n}`)
    const filters = anyBlock(random, 2)
    const events = Array.from({ length: EVENTS }, (_, id) => anyFields(random, id))
    const alone = await run(filters, events, () => 1)
    // With the filters, so that a failure tells them.
    expect({ filters, out: await run(filters, events, () => EVENTS) }).toEqual({ filters, out: alone })
    const anySize = (): number => 1 + Math.floor(random() * 9)
    expect({ filters, out: await run(filters, events, anySize) }).toEqual({ filters, out: alone })
  },
)
