const post = 'let its program or a script post to an [http] input'
const kafkaOrMqtt = 'use [kafka], [mqtt] or [http] between the two'
const cloud = 'let the cloud forward to a [kafka], [http] or [syslog] input'

/** Plug-ins of Logstash that there are not, and what does their work here: `kind/name` → advice. */
export const missingPlugins: Readonly<Record<string, string>> = {
  'input/stomp': kafkaOrMqtt,
  'input/jms': kafkaOrMqtt,
  'input/s3-sns-sqs': cloud,
  'input/kinesis': cloud,
  'input/cloudwatch': cloud,
  'input/google_pubsub': cloud,
  'input/google_cloud_storage': cloud,
  'input/log4j': 'log JSON lines to a [tcp] input',
  'input/relp': 'use the [syslog] input over TCP',
  'input/imap': post,
  'input/twitter': post,
  'input/github': 'use an [http] input as the hook',
  'input/websocket': 'use [http] or [mqtt], which comes over WebSocket, too',
  'input/jmx': 'let Jolokia answer an [http_poller] input',
  'input/elastic_serverless_forwarder': 'the [http] input takes what it sends',
  'filter/jdbc_static': 'keep the table in an index and use the [elasticsearch] filter, or in a file and use [translate]',
  'filter/elastic_integration': 'name the ingest pipeline in the [elasticsearch] output',
  'output/stomp': kafkaOrMqtt,
  'output/loggly': 'use [http]',
  'output/datadog': 'use [http]',
  'output/datadog_metrics': 'use [http]',
  'output/pagerduty': 'use [http]',
  'output/zabbix': 'use [http] or [tcp]',
  'output/nagios': 'use [file]',
  'output/sns': 'use [http] to a program that sends there',
  'output/cloudwatch': 'use [http] to a program that sends there',
  'output/google_pubsub': 'use [http] or [kafka] to a program that sends there',
  'output/google_cloud_storage': 'it speaks S3: use [s3] with endpoint => "https://storage.googleapis.com"',
  'output/google_bigquery': 'use [s3] or [file] and load from there',
  'output/webhdfs': 'use [s3] or [file]',
  'output/websocket': 'use [mqtt], which goes over WebSocket, too',
}
