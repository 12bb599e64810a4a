import type { FilterPlugin } from '../plugin.ts'
import { age } from './age.ts'
import { aggregate } from './aggregate/aggregate.ts'
import { alter } from './alter.ts'
import { anonymize } from './anonymize.ts'
import { bytes } from './bytes.ts'
import { checksum } from './checksum.ts'
import { cidr } from './cidr.ts'
import { cipher } from './cipher.ts'
import { clone } from './clone.ts'
import { convertUnit } from './convert-unit.ts'
import { csv } from './csv.ts'
import { date } from './date.ts'
import { deDot } from './de-dot.ts'
import { dissect } from './dissect.ts'
import { dns } from './dns.ts'
import { drop } from './drop.ts'
import { elapsed } from './elapsed.ts'
import { elasticsearch } from './elasticsearch/elasticsearch.ts'
import { environment } from './environment.ts'
import { extractnumbers } from './extractnumbers.ts'
import { fingerprint } from './fingerprint.ts'
import { geoip } from './geoip.ts'
import { grok } from './grok/grok.ts'
import { http } from './http.ts'
import { i18n } from './i18n.ts'
import { jdbcStreaming } from './jdbc-streaming.ts'
import { jsonEncode } from './json-encode.ts'
import { json } from './json.ts'
import { kv } from './kv.ts'
import { memcached } from './memcached/memcached.ts'
import { metricize } from './metricize.ts'
import { metrics } from './metrics.ts'
import { multiline } from './multiline.ts'
import { mutate } from './mutate.ts'
import { prune } from './prune.ts'
import { punct } from './punct.ts'
import { range } from './range.ts'
import { ruby } from './ruby.ts'
import { sleep } from './sleep.ts'
import { split } from './split.ts'
import { syslogPri } from './syslog-pri.ts'
import { throttle } from './throttle.ts'
import { tld } from './tld.ts'
import { translate } from './translate.ts'
import { truncate } from './truncate.ts'
import { urldecode } from './urldecode.ts'
import { useragent } from './useragent.ts'
import { uuid } from './uuid.ts'
import { validate } from './validate.ts'
import { verify } from './verify.ts'
import { xml } from './xml.ts'

/** Every filter plug-in. */
export const filters: readonly FilterPlugin[] = [
  age,
  aggregate,
  alter,
  anonymize,
  bytes,
  checksum,
  cidr,
  cipher,
  clone,
  convertUnit,
  csv,
  date,
  deDot,
  dissect,
  dns,
  drop,
  elapsed,
  elasticsearch,
  environment,
  extractnumbers,
  fingerprint,
  geoip,
  grok,
  http,
  i18n,
  jdbcStreaming,
  json,
  jsonEncode,
  kv,
  memcached,
  metricize,
  metrics,
  multiline,
  mutate,
  prune,
  punct,
  range,
  ruby,
  sleep,
  split,
  syslogPri,
  throttle,
  tld,
  translate,
  truncate,
  urldecode,
  useragent,
  uuid,
  validate,
  verify,
  xml,
]
