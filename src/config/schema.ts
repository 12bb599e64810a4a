import { z } from 'zod'
import {
  byteSize,
  choice,
  duration,
  flag,
  namesAndValues,
  number,
  optionalPath,
  optionalText,
  path,
  paths,
  port,
  text,
  texts,
} from './setting.ts'

/**
 * Every key of `elkhorn.yml`, its default and what it means. Validation, defaults, the reference page and the type of the
 * configuration come from this tree. Durations are milliseconds and sizes bytes once they are read.
 */
export const configSchema = z.strictObject({
  cluster: z.strictObject({
    name: text('elkhorn').describe('Name that `GET /` and the page show.'),
  }),
  node: z.strictObject({
    name: optionalText().describe('Name of this process in answers and logs. The host name when absent.'),
    attr: namesAndValues().describe('Attributes of the node, as `_cat/nodeattrs` lists them.'),
  }),
  data: z.strictObject({
    path: path('data').describe('Folder of everything that is kept: documents, users, logs. One process at a time uses it.'),
  }),
  network: z.strictObject({
    host: text('127.0.0.1').describe('Address that every port listens on. `0.0.0.0` for all; set up TLS first.'),
  }),
  tls: z.strictObject({
    certificate: optionalPath().describe('Certificate chain (PEM). With it and `tls.key`, 9200 and 5601 speak TLS only.'),
    key: optionalPath().describe('Private key of the certificate (PEM).'),
  }),
  api: z.strictObject({
    port: port(9200).describe("Elasticsearch's REST API."),
    max_body: byteSize('100mb').describe('Largest request body, after decompression. Above it the answer is 413.'),
  }),
  ui: z.strictObject({
    port: port(5601).describe('The page and what it asks.'),
  }),
  mqtt: z.strictObject({
    enabled: flag(true).describe('Runs the MQTT broker.'),
    port: port(1883).describe('MQTT 3.1.1 and 5 over TCP.'),
    tls_port: port(8883).describe('MQTT over TLS, when `tls.certificate` is given.'),
    client_ca: optionalPath().describe(
      'Authority (PEM) of the certificates that devices may show over TLS instead of a secret; the common name is the device.',
    ),
    allow_anonymous: flag(false).describe(
      'Lets clients in that give no user name. Off unless you know every device on the network.',
    ),
    websocket: flag(true).describe('Takes MQTT over WebSocket, too, on the same ports: path `/mqtt`, subprotocol `mqtt`.'),
    acl_file: optionalPath().describe(
      "Who may use which topics, in the language of Mosquitto's `acl_file`. Without it and `mqtt.acl`, who may connect may use all.",
    ),
    acl: texts([]).describe('The same, line by line: `pattern readwrite devices/%u/#`. Comes behind `mqtt.acl_file`.'),
    max_connections: number(20_000, { min: 1 }).describe('Clients beyond this many are refused.'),
    max_connections_per_address: number(0).describe('Clients at one address beyond this many are refused. 0: no limit.'),
    connect_rate: number(0).describe(
      'Clients that connect from one address beyond so many a second are refused for a moment. 0: no limit.',
    ),
    message_rate: number(0).describe('Messages of one client beyond so many a second are read later. 0: no limit.'),
    max_packet_size: byteSize('1mb').describe('A client that sends a larger packet is disconnected.'),
    receive_maximum: number(100, { min: 1, max: 65_535 }).describe(
      'Messages of QoS 1 and 2 of one client that may wait for their acknowledgement.',
    ),
    max_inflight_messages: number(100, { min: 1, max: 65_535 }).describe(
      'Messages of QoS 1 and 2 that are on their way to one client; the others wait.',
    ),
    max_queued_messages: number(10_000, { min: 1, max: 60_000 }).describe(
      'Messages that wait for one client; newer ones are dropped and counted.',
    ),
    max_queued_bytes: byteSize('16mb').describe('Bytes of them, likewise.'),
    max_total_queued_bytes: byteSize('256mb').describe('Bytes of messages that wait for all clients, likewise.'),
    max_sessions: number(50_000, { min: 1 }).describe(
      'Sessions, of clients that are away, too; the oldest of the same user goes first.',
    ),
    session_expiry: duration('7d').describe('Longest time that the session of a client that is away is kept.'),
    max_subscriptions: number(1_000, { min: 1 }).describe('Subscriptions of one client; more are refused.'),
    max_retained_messages: number(100_000).describe('Topics with a retained message; more are refused.'),
    max_retained_bytes: byteSize('256mb').describe('Bytes of retained messages, likewise.'),
    sys_interval: duration('10s').describe('How often `$SYS/broker/…` tells how things are. 0: not at all.'),
  }),
  devices: z.strictObject({
    offline_after: duration('5m', { min: '1s' }).describe(
      'A device that only sends data, and is not connected over MQTT, is offline after this long without any.',
    ),
    max: number(100_000, { min: 1 }).describe(
      'Devices that are remembered; beyond it the one not heard of for longest is forgotten.',
    ),
  }),
  beats: z.strictObject({
    port: port(5044).describe('Default port of a `beats` input that names none.'),
  }),
  monitoring: z.strictObject({
    port: port(9600).describe("Logstash's monitoring API and metrics."),
  }),
  pipelines: z.strictObject({
    path: optionalPath().describe(
      'Folder of pipeline files (`*.conf`), each a pipeline of its own, named like the file; unless it holds a `pipelines.yml` that says so. Also such a file itself.',
    ),
    store_hosts: texts(['elasticsearch', 'opensearch']).describe(
      'Host names that mean this program’s own store in pipeline files written for a stack of containers, on any port.',
    ),
    broker_hosts: texts(['mqtt-broker', 'mosquitto', 'mqtt']).describe('Host names that mean the MQTT broker inside, likewise.'),
  }),
  config: z.strictObject({
    reload: z.strictObject({
      automatic: flag(false).describe('Whether pipeline files are looked at for changes. No event is lost when they change.'),
      interval: duration('3s', { min: '100ms' }).describe('How often.'),
    }),
    support_escapes: flag(false).describe('Whether backslashes in the texts of pipeline files mean what they do elsewhere.'),
  }),
  pipeline: z.strictObject({
    workers: number(4, { min: 1, max: 1000 }).describe(
      'Batches of a pipeline that are under way at once. 1 keeps events strictly in order.',
    ),
    batch: z.strictObject({
      size: number(500, { min: 1, max: 100_000 }).describe('Events of a batch.'),
      delay: number(5, { min: 0, max: 60_000 }).describe('Milliseconds that a batch waits to be filled.'),
    }),
    ordered: choice(['auto', 'true', 'false'], 'auto').describe(
      '`true` keeps events strictly in order: with one worker. `auto` does so where `pipeline.workers` is 1.',
    ),
    ecs_compatibility: choice(['disabled', 'v1', 'v8'], 'v8').describe('Which names fields get that plug-ins make up.'),
  }),
  queue: z.strictObject({
    type: choice(['memory', 'persisted'], 'memory').describe('Where events wait between inputs and filters.'),
    max_events: number(10_000, { min: 1 }).describe('Events that may wait; then inputs are slowed down.'),
    max_bytes: byteSize('64mb').describe('Bytes that may wait, likewise. Of a persisted queue: on disk.'),
    drain: flag(false).describe(
      'Whether a stop waits until a persisted queue is empty. What is left goes on after the next start.',
    ),
  }),
  dead_letter_queue: z.strictObject({
    enable: flag(true).describe('Keeps events that could not be handled, with the reason.'),
    max_bytes: byteSize('1gb').describe('Largest size of what is kept.'),
    storage_policy: choice(['drop_newer', 'drop_older'], 'drop_newer').describe('What goes when it is full.'),
  }),
  compat: choice(['lenient', 'strict'], 'lenient').describe(
    '`lenient` accepts files that are not quite valid and logs a warning for each leniency; `strict` refuses them as Elastic does.',
  ),
  repositories: z.strictObject({
    path: paths().describe('Folders that snapshot repositories may be in. Also spelled `path.repo`.'),
  }),
  reindex: z.strictObject({
    remote: z.strictObject({
      whitelist: texts([]).describe(
        'Other clusters that `_reindex` may copy documents from: `host:port`, with `*` for anything. None unless named.',
      ),
    }),
    ssl: z.strictObject({
      certificate_authorities: paths().describe('Authorities (PEM) of their certificates. Those of the system when absent.'),
      verification_mode: choice(['full', 'none'], 'full').describe('`none` takes any certificate.'),
    }),
  }),
  security: z.strictObject({
    session_idle_timeout: duration('8h', { min: '1m' }).describe('A session of the page ends after this long without a request.'),
    session_lifespan: duration('30d', { min: '1m' }).describe('A session of the page ends after this long in any case.'),
    max_failures: number(10, { min: 1 }).describe(
      'Failed sign-ins of one user from one address after which more are refused for a while.',
    ),
    failure_window: duration('1m', { min: '1s' }).describe(
      'How long failed sign-ins are remembered, and how long refusals last.',
    ),
  }),
  engine: z.strictObject({
    memory: byteSize('0').describe('Memory that queries may use together. 0: a quarter of the machine, at most 4 GB.'),
  }),
  log: z.strictObject({
    level: choice(['debug', 'info', 'warn', 'error'], 'info').describe('Smallest level that is logged.'),
    max_size: byteSize('20mb').describe('`data/logs/elkhorn.log` starts anew at this size.'),
    keep: number(5, { min: 0, max: 1000 }).describe('How many older log files are kept.'),
  }),
  sample: z.strictObject({
    enabled: flag(true).describe(
      'Runs the sample factory: 275 simulated sensors that report over MQTT. `--no-sample` turns it off.',
    ),
    seed: number(1, { min: 0 }).describe('Seed of its random numbers: the same seed, the same factory.'),
    interval: duration('10s', { min: '1s' }).describe('Time between two readings of a machine.'),
    backfill: duration('24h').describe('History that is made up at the very first start.'),
  }),
})

export type Config = z.infer<typeof configSchema>
