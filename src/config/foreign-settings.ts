/**
 * Settings of Elasticsearch, Kibana and Logstash that people bring along in their files. Each either stands for one of
 * ours, has nothing to act on here and is noted, or would weaken what cannot be weakened and is refused.
 */
export type ForeignSetting =
  | { readonly treat: 'alias'; readonly of: string }
  | { readonly treat: 'note'; readonly why: string }
  | { readonly treat: 'refuse'; readonly why: string }

const note = (why: string): ForeignSetting => ({ treat: 'note', why })
const alias = (of: string): ForeignSetting => ({ treat: 'alias', of })

/** By key; a key that ends in `.*` stands for everything below it. The longest match counts. */
const foreignSettings: Readonly<Record<string, ForeignSetting>> = {
  'path.data': alias('data.path'),
  'path.repo': alias('repositories.path'),
  'http.port': alias('api.port'),
  'http.host': alias('network.host'),
  'http.max_content_length': alias('api.max_body'),
  'network.bind_host': alias('network.host'),
  'server.port': alias('ui.port'),
  'server.host': alias('network.host'),
  'path.config': alias('pipelines.path'),
  'api.http.port': alias('monitoring.port'),
  'xpack.security.http.ssl.certificate': alias('tls.certificate'),
  'xpack.security.http.ssl.key': alias('tls.key'),
  'server.ssl.certificate': alias('tls.certificate'),
  'server.ssl.key': alias('tls.key'),

  'pipeline.id': note('pipelines are named like their files'),
  'pipeline.java_execution': note('there is one way to run pipelines'),
  'path.queue': note('queues are in data.path'),
  'path.dead_letter_queue': note('dead letters are in data.path'),
  'queue.page_capacity': note('queues size their own files'),
  'queue.checkpoint.*': note('acknowledgements follow durable writes anyway'),
  'api.http.host': note('every port listens on network.host'),
  'path.logs': note('logs are in the folder logs of data.path'),
  'node.roles': note('one process has every role'),
  'node.master': note('one process has every role'),
  'node.data': note('one process has every role'),
  'node.ingest': note('one process has every role'),
  'bootstrap.*': note('there is no Java heap to lock'),
  'thread_pool.*': note('queues and workers size themselves; full queues slow the sender down'),
  'indices.memory.*': note('write buffers are bounded by the engine; see engine.memory'),
  'indices.breaker.*': note('queries are bounded by engine.memory'),
  'indices.fielddata.*': note('fields are columns on disk; nothing is loaded onto a heap'),
  'indices.queries.*': note('queries are bounded by engine.memory'),
  'indices.requests.*': note('the engine sizes its own caches'),
  'discovery.*': note('there is one node; a cluster is configured by its address'),
  'cluster.initial_master_nodes': note('there is one node'),
  'cluster.routing.*': note('there is one node, so no shard moves'),
  'cluster.remote.*': note('set over the API: PUT _cluster/settings'),
  'transport.*': note('nodes do not talk to each other'),
  'http.cors.*': note('pages of other hosts may not call the API'),
  'http.compression': note('answers are compressed for clients that accept it'),
  'gateway.*': note('there is one node'),
  'ingest.geoip.*': note('no file is downloaded; give the geoip processor a database file'),
  'action.auto_create_index': note('indices are created by the first write; set it over the API: PUT _cluster/settings'),
  'action.destructive_requires_name': note('set it over the API: PUT _cluster/settings'),
  'xpack.security.transport.ssl.*': note('nodes do not talk to each other, so there is nothing to encrypt between them'),
  'xpack.security.http.ssl.*': note('TLS is on when tls.certificate and tls.key are set'),
  'xpack.security.enrollment.*': note('there is one node to enroll'),
  'xpack.security.authc.api_key.*': note('API keys are always available'),
  'xpack.security.authc.*': note('users are kept by Elkhorn itself'),
  'xpack.security.audit.*': note('audit events are always recorded'),
  'xpack.ml.*': note('nothing to license or to switch on'),
  'xpack.monitoring.*': note('see the monitoring API and metrics on monitoring.port'),
  'xpack.license.*': note('nothing to license'),
  'xpack.*': note('has no counterpart'),
  'elasticsearch.*': note('the page talks to the store in the same process'),
  'server.*': note('has no counterpart'),
  'ingest.*': note('has no counterpart'),
}

/** `xpack.security.enabled: false` and its like are answered with an error, not with a note. */
const refused: Readonly<Record<string, { readonly value: string; readonly why: string }>> = {
  'xpack.security.enabled': {
    value: 'false',
    why: 'security cannot be switched off; remove the line and use the password that the first start prints, or set ELASTIC_PASSWORD',
  },
}

/** What to do with a key that is not ours; `undefined` when nobody else's either. */
export function findForeignSetting(key: string, value: unknown): ForeignSetting | undefined {
  const refusal = refused[key]
  if (refusal) {
    return String(value) === refusal.value ? { treat: 'refuse', why: refusal.why } : note('security is always on')
  }
  const exact = foreignSettings[key]
  if (exact) return exact
  for (let at = key.lastIndexOf('.'); at > 0; at = key.lastIndexOf('.', at - 1)) {
    const group = foreignSettings[`${key.slice(0, at)}.*`]
    if (group) return group
  }
  return undefined
}
