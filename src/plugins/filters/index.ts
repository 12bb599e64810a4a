import type { FilterPlugin } from '../plugin.ts'
import { bytes } from './bytes.ts'
import { cidr } from './cidr.ts'
import { clone } from './clone.ts'
import { csv } from './csv.ts'
import { date } from './date.ts'
import { deDot } from './de-dot.ts'
import { dissect } from './dissect.ts'
import { drop } from './drop.ts'
import { fingerprint } from './fingerprint.ts'
import { grok } from './grok/grok.ts'
import { json } from './json.ts'
import { kv } from './kv.ts'
import { mutate } from './mutate.ts'
import { prune } from './prune.ts'
import { ruby } from './ruby.ts'
import { sleep } from './sleep.ts'
import { split } from './split.ts'
import { throttle } from './throttle.ts'
import { translate } from './translate.ts'
import { truncate } from './truncate.ts'
import { urldecode } from './urldecode.ts'
import { uuid } from './uuid.ts'

/** Every filter plug-in. */
export const filters: readonly FilterPlugin[] = [
  bytes,
  cidr,
  clone,
  csv,
  date,
  deDot,
  dissect,
  drop,
  fingerprint,
  grok,
  json,
  kv,
  mutate,
  prune,
  ruby,
  sleep,
  split,
  throttle,
  translate,
  truncate,
  urldecode,
  uuid,
]
