import { z } from 'zod'
import {
  choice,
  duration,
  flag,
  hash,
  ignored,
  integer,
  list,
  number,
  password,
  path,
  refused,
  text,
  textHash,
} from '../../options.ts'

const pooled = ignored('connections are kept and renewed by themselves')
const trusted = ignored('name certificates that are trusted in ssl_certificate_authorities (PEM)')
const tls = ignored('Node.js decides which versions and ciphers of TLS are safe')

/** Options of the `elasticsearch` and `opensearch` outputs, with the older names that files still use. */
export const elasticsearchConfig = z.strictObject({
  hosts: list()
    .optional()
    .describe('Hosts or URLs of the cluster. The local store when absent; names of this program mean it too.'),
  host: list().optional().meta({ aliasOf: 'hosts' }).describe('Older name of `hosts`.'),
  index: text().optional().describe('Index to write to, with references to fields.'),
  action: text().optional().describe('`index`, `create`, `update` or `delete`; may refer to fields.'),
  document_id: text().optional().describe('Id of the document, with references to fields. Generated when absent.'),
  document_type: ignored('documents have no types any more'),
  routing: text().optional().describe('Routing of the document, with references to fields.'),
  parent: ignored('documents have no parents any more'),
  join_field: ignored('documents have no parents any more'),
  pipeline: text().optional().describe('Ingest pipeline, with references to fields.'),
  version: text().optional().describe('Version of the document, with references to fields.'),
  version_type: choice('internal', 'external', 'external_gt', 'external_gte').optional().describe('How versions are compared.'),
  upsert: text().default('').describe('Document that an update creates when there is none, as JSON.'),
  doc_as_upsert: flag().default(false).describe('An update creates the document when there is none.'),
  scripted_upsert: flag().default(false).describe('The script makes the document, too.'),
  script: text().default('').describe('Script of an update.'),
  script_lang: text().default('painless').describe('Language of the script.'),
  script_type: choice('inline', 'indexed', 'file').default('inline').describe('Whether `script` is the script or its id.'),
  script_var_name: text().default('event').describe('Name of the event within `params` of the script.'),
  retry_on_conflict: integer({ min: 0 }).default(1).describe('How often an update that met another is tried again.'),
  data_stream: choice('true', 'false', 'auto')
    .optional()
    .describe('Writes to a data stream. By itself when no other target is given.'),
  data_stream_type: choice('logs', 'metrics', 'synthetics', 'traces').default('logs').describe('First part of its name.'),
  data_stream_dataset: text().default('generic').describe('Second part of its name.'),
  data_stream_namespace: text().default('default').describe('Third part of its name.'),
  data_stream_auto_routing: flag().default(true).describe('The `data_stream` fields of an event decide where it goes.'),
  data_stream_sync_fields: flag().default(true).describe('Sets the `data_stream` fields of documents to where they go.'),
  manage_template: flag()
    .default(true)
    .describe('Puts a template for the indices when the pipeline starts: `template`, or for `logstash-*` the one of Logstash.'),
  template: path().optional().describe('File of that template.'),
  template_name: text().optional().describe('Name of that template.'),
  template_overwrite: flag().default(false).describe('Replaces a template of that name.'),
  template_api: choice('auto', 'legacy', 'composable').default('auto').describe('Which kind of template it is.'),
  ilm_enabled: choice('true', 'false', 'auto').default('auto').describe('Writes to the alias of a lifecycle policy.'),
  ilm_rollover_alias: text().optional().describe('That alias.'),
  ilm_pattern: text().default('{now/d}-000001').describe('Pattern of the indices behind it.'),
  ilm_policy: text().default('logstash-policy').describe('The policy.'),
  user: text().optional().describe('User to log in as.'),
  password: password().optional().describe('Password of the user.'),
  api_key: password().optional().describe('API key, as `id:key`, instead of a user.'),
  cloud_id: text().optional().describe('Id of a deployment of Elastic Cloud, instead of hosts.'),
  cloud_auth: password().optional().describe('`user:password` for it.'),
  ssl_enabled: flag().optional().describe('Speaks TLS. Also by `https://` in a host.'),
  ssl: flag().optional().meta({ aliasOf: 'ssl_enabled' }).describe('Older name of `ssl_enabled`.'),
  ssl_verification_mode: choice('full', 'none').default('full').describe("Whether the server's certificate is checked."),
  ssl_certificate_verification: flag().optional().describe('Older form of `ssl_verification_mode`.'),
  ssl_certificate_authorities: list().optional().describe('Files of certificates that are trusted (PEM).'),
  cacert: list()
    .optional()
    .meta({ aliasOf: 'ssl_certificate_authorities' })
    .describe('Older name of `ssl_certificate_authorities`.'),
  ca_trusted_fingerprint: ignored('name the authority in ssl_certificate_authorities'),
  ssl_certificate: path().optional().describe("This client's certificate (PEM)."),
  client_cert: path().optional().meta({ aliasOf: 'ssl_certificate' }).describe('Older name of `ssl_certificate`.'),
  ssl_key: path().optional().describe('Its key (PEM).'),
  client_key: path().optional().meta({ aliasOf: 'ssl_key' }).describe('Older name of `ssl_key`.'),
  ssl_keystore_path: path().optional().describe("This client's certificate and key in one file (PKCS #12)."),
  keystore: path().optional().meta({ aliasOf: 'ssl_keystore_path' }).describe('Older name of `ssl_keystore_path`.'),
  ssl_keystore_password: password().optional().describe('Its password.'),
  keystore_password: password().optional().meta({ aliasOf: 'ssl_keystore_password' }).describe('Older name.'),
  ssl_keystore_type: choice('pkcs12')
    .optional()
    .describe('Only `pkcs12` works: `keytool -importkeystore -deststoretype pkcs12` makes one of an older store.'),
  ssl_truststore_path: trusted,
  truststore: trusted,
  ssl_truststore_password: trusted,
  truststore_password: trusted,
  ssl_truststore_type: trusted,
  ssl_supported_protocols: tls,
  ssl_cipher_suites: tls,
  proxy: refused('requests through a proxy are not made'),
  path: text().optional().describe('Path before every request, when the cluster is behind a proxy.'),
  bulk_path: text().optional().describe('Path of bulk requests, when it is not `_bulk`.'),
  healthcheck_path: text().optional().describe('Path that a host of a cluster is asked for first.'),
  parameters: hash().optional().describe('Query parameters of every request.'),
  custom_headers: textHash().default({}).describe('Headers of every request.'),
  timeout: duration().default(60_000).describe('Longest time for a request.'),
  http_compression: flag().optional().describe('Older form of `compression_level`: 1 or 0.'),
  compression_level: integer({ min: 0, max: 9 }).optional().describe('How hard requests are compressed; 0 is not at all.'),
  retry_initial_interval: duration().default(2_000).describe('First wait before what failed is tried again.'),
  retry_max_interval: duration().default(64_000).describe('Longest wait.'),
  silence_errors_in_log: list().default([]).describe('Types of errors that are not logged.'),
  failure_type_logging_whitelist: list().optional().meta({ aliasOf: 'silence_errors_in_log' }).describe('Older name.'),
  dlq_custom_codes: list().default([]).describe('Further status codes that send an event to the dead letter queue.'),
  dlq_on_failed_indexname_interpolation: flag()
    .default(true)
    .describe('An event without the fields of the index name goes to the dead letter queue.'),
  ecs_compatibility: choice('disabled', 'v1', 'v8').optional().describe('Decides the default index.'),
  default_server_major_version: ignored('the server says its version'),
  sniffing: ignored('only the hosts that are named are used'),
  sniffing_delay: ignored('only the hosts that are named are used'),
  sniffing_path: ignored('only the hosts that are named are used'),
  pool_max: pooled,
  pool_max_per_route: pooled,
  resurrect_delay: pooled,
  validate_after_inactivity: pooled,
  flush_size: ignored('the size of batches is a setting of the pipeline'),
  idle_flush_time: ignored('the delay of batches is a setting of the pipeline'),
  protocol: ignored('the protocol is HTTP'),
  index_type: ignored('documents have no types any more'),
  replication: ignored('a write is acknowledged when it is durable'),
  network_host: ignored('this program does not join a cluster'),
  transport_tcp_port: ignored('this program does not join a cluster'),
  cluster: ignored('hosts are named, not looked for'),
  embedded: ignored('the store of this program is used where no host is named'),
  embedded_http_port: ignored('the store of this program is used where no host is named'),
  node_name: ignored('this program does not join a cluster'),
  bind_host: ignored('this program does not join a cluster'),
  bind_port: ignored('this program does not join a cluster'),
  max_inflight_requests: ignored('several batches are written at once in any case'),
  max_retries: ignored('what is refused for now is tried until it is taken'),
  retry_max_items: ignored('what is refused for now is tried until it is taken'),
  port: number().optional().describe('Port of hosts that name none.'),
})

/** Options of the `opensearch` output. */
export const opensearchConfig = elasticsearchConfig.extend({
  auth_type: textHash()
    .optional()
    .describe('How to log in: `type` `basic` with `user` and `password`, or `aws_iam` with `region` and a key of Amazon.'),
  legacy_template: ignored('the kind of a template is recognized'),
  target_bulk_bytes: ignored('requests are cut at 20 MiB'),
})

/** Options of the `amazon_es` output. */
export const amazonConfig = elasticsearchConfig.extend({
  region: text().default('us-east-1').describe('Region of the domain.'),
  aws_access_key_id: text().optional().describe('Key to sign requests with. They are not signed when absent.'),
  aws_secret_access_key: password().optional().describe('Its secret.'),
  session_token: password().optional().describe('Token of a key that is for a while.'),
  profile: ignored('name the key in aws_access_key_id'),
  role_arn: ignored('name the key in aws_access_key_id'),
  retry_max_items: ignored('what is refused for now is tried until it is taken'),
})

export type ElasticsearchConfig = z.output<typeof elasticsearchConfig>
