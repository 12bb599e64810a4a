/**
 * Other names of plug-ins, as files write them: `kind/name` → the name here. Logstash has some twice (in Ruby and in Java),
 * and some had another name before; what they do is the same.
 */
export const pluginAliases: Readonly<Record<string, string>> = {
  'input/java_generator': 'generator',
  'input/java_stdin': 'stdin',
  'input/opensearch': 'elasticsearch',
  'input/rss2': 'rss',
  'filter/java_uuid': 'uuid',
  'filter/opensearch': 'elasticsearch',
  'output/elasticsearch_http': 'elasticsearch',
  'output/elasticsearch_java': 'elasticsearch',
  'output/java_stdout': 'stdout',
  'output/java_sink': 'null',
  'output/sink': 'null',
  'codec/java_line': 'line',
  'codec/java_plain': 'plain',
  'codec/jdots': 'dots',
  'codec/json_pretty': 'json',
  'codec/pretty': 'rubydebug',
}
