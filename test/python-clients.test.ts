import { execFile } from 'node:child_process'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { findPythonPackage } from './support/fetched-packages.ts'
import { PASSWORD, startElkhorn, type RunningElkhorn } from './support/start-elkhorn.ts'

// The official clients for Python take a tour: helpers that write and read many documents, changes by query, streams, keys.

const clients = await Promise.all(
  [
    { module: 'elasticsearch', name: 'elasticsearch', version: '7.17.12' },
    { module: 'elasticsearch', name: 'elasticsearch', version: '8.17.2' },
    { module: 'elasticsearch', name: 'elasticsearch', version: '9.1.1' },
    { module: 'opensearchpy', name: 'opensearch-py', version: '2.8.0' },
  ].map(async (client) => ({ ...client, path: await findPythonPackage(client.module, client.name, client.version) })),
)
for (const { name, version, path } of clients)
  if (path === undefined) process.stderr.write(`skipped: ${name} ${version} for Python could not be had\n`)

const TOUR = `
import json, sys
url, password, kind = sys.argv[1:4]
if kind == 'opensearchpy':
    from opensearchpy import OpenSearch as Client, helpers
    from opensearchpy.exceptions import ConflictError, NotFoundError, RequestError as BadRequest
    old = True
else:
    from elasticsearch import Elasticsearch as Client, helpers, __version__, ConflictError, NotFoundError
    old = __version__[0] < 8
    if old: from elasticsearch import RequestError as BadRequest
    else: from elasticsearch import BadRequestError as BadRequest
user = ('elastic', password)
client = Client(url, http_auth=user) if old else Client(url, basic_auth=user)
def body(**members): return {'body': members} if old else members
def document(source): return {'body': source} if old else {'document': source}
def say(what, value): print(what, json.dumps(value, sort_keys=True))

say('info', [client.ping(), client.info()['tagline']])
fields = {'at': {'type': 'date'}, 'n': {'type': 'integer'}, 'device': {'type': 'keyword'}, 'note': {'type': 'text'}}
client.indices.create(index='tour', **body(mappings={'properties': fields}))
first = {'at': '2026-01-01T00:00:00Z', 'n': 0, 'device': 'd0', 'note': 'bearing worn'}
say('index', client.index(index='tour', id='0', refresh=True, **document(first))['result'])
for what in (lambda: client.create(index='tour', id='0', **document(first)),
             lambda: client.get(index='tour', id='nobody'),
             lambda: client.search(index='tour', **body(query={'mach': {}}))):
    try: what()
    except (ConflictError, NotFoundError, BadRequest) as error: say('refused', [type(error).__name__, error.status_code])
readings = ({'_index': 'tour', '_id': str(i), 'n': i, 'device': 'd%d' % (i % 7), 'note': 'all is well'} for i in range(1, 700))
say('bulk', helpers.bulk(client, readings, refresh=True))
changes = ({'_op_type': 'update', '_index': 'tour', '_id': str(i), 'doc': {'seen': True}} for i in range(50))
say('streaming_bulk', sum(1 for good, _ in helpers.streaming_bulk(client, changes, chunk_size=20) if good))
more = ({'_index': 'tour', '_id': 'p%d' % i, 'n': i} for i in range(100))
say('parallel_bulk', sum(1 for good, _ in helpers.parallel_bulk(client, more, thread_count=2, chunk_size=30) if good))
client.indices.refresh(index='tour')
say('scan', sum(1 for _ in helpers.scan(client, index='tour', query={'query': {'exists': {'field': 'device'}}}, size=90)))
say('count', client.count(index='tour', **body(query={'term': {'device': 'd3'}}))['count'])
mean = {'by': {'terms': {'field': 'device', 'size': 2}, 'aggs': {'mean': {'avg': {'field': 'n'}}}}}
say('aggs', client.search(index='tour', **body(size=0, query={'range': {'n': {'gte': 10}}}, aggs=mean))['aggregations']['by']['buckets'])
script = {'source': 'ctx._source.n += params.by', 'params': {'by': 1}}
say('update_by_query', client.update_by_query(index='tour', refresh=True, **body(query={'term': {'device': 'd1'}}, script=script))['updated'])
say('delete_by_query', client.delete_by_query(index='tour', refresh=True, **body(query={'term': {'device': 'd2'}}))['deleted'])
say('reindex', client.reindex(refresh=True, **body(source={'index': 'tour'}, dest={'index': 'copy'}))['created'])
pit = client.create_pit(index='tour', keep_alive='1m')['pit_id'] if kind == 'opensearchpy' else client.open_point_in_time(index='tour', keep_alive='1m')['id']
page = client.search(**body(pit={'id': pit, 'keep_alive': '1m'}, size=300, sort=[{'n': 'asc'}], query={'match_all': {}}))
say('point in time', len(page['hits']['hits']))
searches = [{'index': 'tour'}, {'size': 0, 'track_total_hits': True}, {'index': 'tour'}, {'query': {'match': {'note': 'bearing'}}}]
asked = client.msearch(**({'body': searches} if old else {'searches': searches}))
say('msearch', [one['hits']['total']['value'] for one in asked['responses']])
client.indices.put_index_template(name='tour', **body(index_patterns=['tour-stream*'], data_stream={}, priority=500))
client.indices.create_data_stream(name='tour-stream')
say('stream', client.indices.get_data_stream(name='tour-*')['data_streams'][0]['name'])
client.ingest.put_pipeline(id='tour', **body(processors=[{'set': {'field': 'x', 'value': '{{n}}'}}]))
say('simulate', client.ingest.simulate(id='tour', **body(docs=[{'_source': {'n': 5}}]))['docs'][0]['doc']['_source'])
if kind != 'opensearchpy':
    key = client.security.create_api_key(**body(name='tour', expiration='1h'))
    pair = (key['id'], key['api_key'])
    say('api key', Client(url, api_key=pair).security.authenticate()['username'])
say('cat', client.cat.indices(index='tour', h='docs.count', format='json')[0])
client.indices.delete(index='tour,copy')
client.indices.delete_data_stream(name='tour-stream')
client.indices.delete_index_template(name='tour')
`

const EXPECTED = `info [true, "You Know, for Search"]
index "created"
refused ["ConflictError", 409]
refused ["NotFoundError", 404]
refused ["BadRequestError", 400]
bulk [699, []]
streaming_bulk 50
parallel_bulk 100
scan 700
count 100
aggs [{"doc_count": 99, "key": "d3", "mean": {"value": 353.0}}, {"doc_count": 99, "key": "d4", "mean": {"value": 354.0}}]
update_by_query 100
delete_by_query 100
reindex 700
point in time 300
msearch [700, 1]
stream "tour-stream"
simulate {"n": 5, "x": "5"}
api key "elastic"
cat {"docs.count": "700"}
`

const folder = mkdtempSync(join(tmpdir(), 'elkhorn-python-'))
let elkhorn: RunningElkhorn
beforeAll(async () => {
  elkhorn = await startElkhorn(folder)
}, 120_000)
afterAll(async () => {
  await elkhorn?.stop()
  rmSync(folder, { recursive: true, force: true })
})

for (const { module, name, version, path } of clients) {
  test.skipIf(path === undefined)(`${name} ${version}`, { timeout: 120_000 }, async () => {
    const { stdout } = await promisify(execFile)('python3', ['-W', 'ignore', '-c', TOUR, elkhorn.url, PASSWORD, module], {
      env: { ...process.env, ...(path ? { PYTHONPATH: path } : {}) },
    })
    // The older clients call a bad request otherwise; OpenSearch's has no keys.
    const expected =
      version.startsWith('9') || version.startsWith('8') ? EXPECTED : EXPECTED.replace('BadRequestError', 'RequestError')
    expect(stdout).toBe(module === 'opensearchpy' ? expected.replace('api key "elastic"\n', '') : expected)
  })
}
