import { readFileSync } from 'node:fs'
import { beforeAll, describe, expect, test } from 'vitest'
import { createIngest } from '../compose/ingest.ts'
import { ElkhornError } from '../core/errors.ts'
import { parseEventJson, printValue } from '../core/event-json.ts'
import { memoryMetadataStore } from '../index/metadata-store.ts'
import { Scripts } from '../script/scripts.ts'
import type { IngestPipelines } from './ingest-pipelines.ts'
import { simulate } from './simulate.ts'

const clock = { now: () => Date.UTC(2024, 4, 1, 10) }
let ingest: IngestPipelines
beforeAll(async () => {
  const metadata = memoryMetadataStore()
  ingest = await createIngest(metadata, new Scripts(metadata.section('scripts'), clock), clock)
})

/** Members in the order of their names: pipelines promise none. */
function inOrder(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(inOrder)
  if (typeof value !== 'object' || value === null || Object.getPrototypeOf(value) !== Object.prototype) return value
  const members = Object.entries(value).toSorted(([a], [b]) => (a < b ? -1 : 1))
  return Object.fromEntries(members.map(([key, member]) => [key, inOrder(member)]))
}

/** Runs processors on a document; the answer says the fields, and the index and id where they changed. */
function answer(processors: string, source: string): string {
  const body = parseEventJson(
    `{"pipeline":{"processors":[${processors}]},"docs":[{"_index":"idx","_id":"1","_source":${source}}]}`,
  )
  const printError = ({ type, reason }: ElkhornError): unknown => ({ type, reason })
  try {
    const [result] = simulate(ingest, body as Record<string, unknown>, { id: undefined, verbose: false, printError })
    if (result === null) return 'dropped'
    const { doc, error } = result as { doc: Record<string, unknown>; error?: { type: string; reason: string } }
    if (error) return `${error.type}: ${error.reason}`
    const moved = [doc['_index'] === 'idx' ? '' : ` ${String(doc['_index'])}`, doc['_id'] === '1' ? '' : ` ${String(doc['_id'])}`]
    return printValue(inOrder(doc['_source']) as never) + moved.join('')
  } catch (error) {
    if (error instanceof ElkhornError) return `${error.type}: ${error.reason}`
    throw error
  }
}

describe('what OpenSearch makes of a document', () => {
  const facts = readFileSync(new URL('facts.txt', import.meta.url), 'utf8')
    .split('\n')
    .filter((line) => line.includes('\t'))
    .map((line) => {
      const [processor = '', source = '', want = ''] = line.split('\t')
      return { processor, source, want }
    })
  test.each(facts)('$processor of $source', ({ processor, source, want }) => {
    // Where OpenSearch printed 2.0, the facts hold a text.
    expect(answer(processor, source).replaceAll(/:(-?\d+\.0+)(?=[,}\]])/g, ':"$1"')).toBe(want)
  })
})

describe('processors that OpenSearch has not', () => {
  test.each([
    {
      processor:
        '{"grok":{"field":"m","patterns":["%{INT:a.i:int} %{INT:l:long} %{NUMBER:f:float} %{NUMBER:d:double} %{WORD:b:boolean} %{INT:s}"]}}',
      source: '{"m":"1 2 3.5 4 true 5"}',
      want: '{"a":{"i":1},"b":true,"d":4.0,"f":3.5,"l":2,"m":"1 2 3.5 4 true 5","s":"5"}',
    },
    {
      processor:
        '{"script":{"source":"ctx.i = metadata().index; ctx.y = metadata().now.getYear() > 2000; metadata().id = \\"n\\"; ctx.id = ctx._id"}}',
      source: '{}',
      want: '{"i":"idx","id":"n","y":true} n',
    },
    {
      processor: '{"set_security_user":{"field":"user","properties":["username"]}}',
      source: '{}',
      want: 'illegal_argument_exception: There is no authenticated user - the [set_security_user] processor requires one',
    },
    { processor: '{"set":{"field":"b","copy_from":"a"}}', source: '{"a":{"x":[1]}}', want: '{"a":{"x":[1]},"b":{"x":[1]}}' },
    { processor: '{"remove":{"keep":["a","b.c"]}}', source: '{"a":1,"b":{"c":2,"d":3},"e":4}', want: '{"a":1,"b":{"c":2}}' },
    { processor: '{"rename":{"field":"a","target_field":"b","override":true}}', source: '{"a":1,"b":2}', want: '{"b":1}' },
    {
      processor: '{"uri_parts":{"field":"u"}}',
      source: '{"u":"http://joe:pw@a.example:8080/x/y.gif?k=v&l=w#top"}',
      want: '{"u":"http://joe:pw@a.example:8080/x/y.gif?k=v&l=w#top","url":{"domain":"a.example","extension":"gif","fragment":"top","original":"http://joe:pw@a.example:8080/x/y.gif?k=v&l=w#top","password":"pw","path":"/x/y.gif","port":8080,"query":"k=v&l=w","scheme":"http","user_info":"joe:pw","username":"joe"}}',
    },
    {
      processor: '{"registered_domain":{"field":"h","target_field":"u"}}',
      source: '{"h":"www.example.ac.uk"}',
      want: '{"h":"www.example.ac.uk","u":{"domain":"www.example.ac.uk","registered_domain":"example.ac.uk","subdomain":"www","top_level_domain":"ac.uk"}}',
    },
    {
      processor: '{"registered_domain":{"field":"h"}}',
      source: '{"h":"github.io"}',
      want: '{"domain":"github.io","h":"github.io","top_level_domain":"github.io"}',
    },
    {
      processor: '{"registered_domain":{"field":"h","ignore_missing":false}}',
      source: '{"h":"10.0.0.1"}',
      want: 'illegal_argument_exception: unable to set domain information for document',
    },
    { processor: '{"registered_domain":{"field":"x"}}', source: '{"h":1}', want: '{"h":1}' },
    {
      processor:
        '{"network_direction":{"internal_networks":["private"],"source_ip":"s","destination_ip":"d","target_field":"n"}}',
      source: '{"s":"10.0.0.1","d":"8.8.8.8"}',
      want: '{"d":"8.8.8.8","n":"outbound","s":"10.0.0.1"}',
    },
    {
      processor:
        '{"network_direction":{"internal_networks":["10.0.0.0/8"],"source_ip":"s","destination_ip":"d","target_field":"n"}}',
      source: '{"s":"9.9.9.9","d":"10.1.1.1"}',
      want: '{"d":"10.1.1.1","n":"inbound","s":"9.9.9.9"}',
    },
    {
      // The flow of the specification's own example.
      processor:
        '{"community_id":{"source_ip":"s","source_port":"sp","destination_ip":"d","destination_port":"dp","iana_number":"n","target_field":"c"}}',
      source: '{"s":"66.35.250.204","d":"128.232.110.120","sp":80,"dp":34855,"n":6}',
      want: '{"c":"1:LQU9qZlK+B5F3KDmev6m5PMibrg=","d":"128.232.110.120","dp":34855,"n":6,"s":"66.35.250.204","sp":80}',
    },
    {
      processor:
        '{"community_id":{"source_ip":"d","source_port":"dp","destination_ip":"s","destination_port":"sp","transport":"t","target_field":"c"}}',
      source: '{"s":"66.35.250.204","d":"128.232.110.120","sp":80,"dp":34855,"t":"tcp"}',
      want: '{"c":"1:LQU9qZlK+B5F3KDmev6m5PMibrg=","d":"128.232.110.120","dp":34855,"s":"66.35.250.204","sp":80,"t":"tcp"}',
    },
    {
      processor: '{"redact":{"field":"m","patterns":["%{IP:client}"]}}',
      source: '{"m":"10.0.0.1 to 10.0.0.2"}',
      want: '{"m":"<client> to <client>"}',
    },
    {
      // No database comes along: the document says so and goes on.
      processor: '{"geoip":{"field":"ip"}}',
      source: '{"ip":"8.8.8.8"}',
      want: '{"ip":"8.8.8.8","tags":["_geoip_database_unavailable_GeoLite2-City.mmdb"]}',
    },
    { processor: '{"terminate":{}},{"set":{"field":"a","value":1}}', source: '{}', want: '{}' },
    { processor: '{"reroute":{"destination":"logs-x"}},{"set":{"field":"a","value":1}}', source: '{}', want: '{} logs-x' },
    {
      processor: '{"foreach":{"field":"o","processor":{"uppercase":{"field":"_ingest._value"}}}}',
      source: '{"o":{"a":"x"}}',
      want: '{"o":{"a":"X"}}',
    },
    {
      processor: '{"json":{"field":"a","add_to_root":true,"add_to_root_conflict_strategy":"merge"}}',
      source: '{"a":"{\\"o\\":{\\"y\\":2}}","o":{"x":1}}',
      want: '{"a":"{\\"o\\":{\\"y\\":2}}","o":{"x":1,"y":2}}',
    },
    {
      processor: '{"circle":{"field":"c","error_distance":300,"shape_type":"shape"}}',
      source: '{"c":"CIRCLE (0 0 100)"}',
      want: '{"c":"POLYGON ((100 0, 6.123233995736766e-15 100, -100 1.2246467991473532e-14, -1.8369701987210297e-14 -100, 100 0))"}',
    },
    { processor: '{"fingerprint":{"fields":["a"],"ignore_missing":true}}', source: '{}', want: '{}' },
  ])('$processor', ({ processor, source, want }) => {
    expect(answer(processor, source)).toBe(want)
  })

  test('a fingerprint is equal for equal fields only', () => {
    const fingerprint = '{"fingerprint":{"fields":["b","a"],"method":"SHA-256","target_field":"f"}},{"remove":{"keep":["f"]}}'
    const first = answer(fingerprint, '{"a":1,"b":{"x":1,"y":2},"c":1}')
    expect(answer(fingerprint, '{"b":{"y":2,"x":1},"a":1,"c":2}')).toBe(first)
    expect(answer(fingerprint, '{"a":2,"b":{"x":1,"y":2},"c":1}')).not.toBe(first)
    expect(answer(fingerprint, '{"a":"1","b":{"x":1,"y":2},"c":1}')).not.toBe(first)
  })

  test('patterns that could take for ever are stopped', () => {
    const pattern = '(%{GREEDYDATA:a}%{GREEDYDATA:b}%{GREEDYDATA:c}%{GREEDYDATA:d})+!'
    expect(answer(`{"grok":{"field":"m","patterns":["${pattern}"]}}`, `{"m":"${'x '.repeat(2000)}"}`)).toMatch(
      /interrupted|do not match/,
    )
  })
})
