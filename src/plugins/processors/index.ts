import { append } from './append.ts'
import { bytes } from './bytes.ts'
import { circle } from './circle.ts'
import { communityId } from './community-id.ts'
import { convert } from './convert.ts'
import { csv } from './csv.ts'
import { dateIndexName } from './date-index-name.ts'
import { date } from './date.ts'
import { dissect } from './dissect.ts'
import { dotExpander } from './dot-expander.ts'
import { drop } from './drop.ts'
import { enrich } from './enrich.ts'
import { fail } from './fail.ts'
import { setSecurityUser } from './set-security-user.ts'
import { fingerprint } from './fingerprint.ts'
import { foreach } from './foreach.ts'
import { geoip } from './geoip.ts'
import { grok } from './grok.ts'
import { gsub } from './gsub.ts'
import { htmlStrip } from './html-strip.ts'
import { join } from './join.ts'
import { json } from './json.ts'
import { kv } from './kv.ts'
import { lowercase } from './lowercase.ts'
import { networkDirection } from './network-direction.ts'
import { pipeline } from './pipeline.ts'
import type { ProcessorType } from './processor.ts'
import { redact } from './redact.ts'
import { registeredDomain } from './registered-domain.ts'
import { remove } from './remove.ts'
import { rename } from './rename.ts'
import { reroute } from './reroute.ts'
import { script } from './script.ts'
import { set } from './set.ts'
import { sort } from './sort.ts'
import { split } from './split.ts'
import { terminate } from './terminate.ts'
import { trim } from './trim.ts'
import { uppercase } from './uppercase.ts'
import { uriParts } from './uri-parts.ts'
import { urldecode } from './urldecode.ts'
import { userAgent } from './user-agent.ts'

/** Every processor of ingest pipelines, in alphabetical order. */
export const processors: readonly ProcessorType[] = [
  append,
  bytes,
  circle,
  communityId,
  convert,
  csv,
  date,
  dateIndexName,
  dissect,
  dotExpander,
  drop,
  enrich,
  fail,
  setSecurityUser,
  fingerprint,
  foreach,
  geoip,
  grok,
  gsub,
  htmlStrip,
  join,
  json,
  kv,
  lowercase,
  networkDirection,
  pipeline,
  redact,
  registeredDomain,
  remove,
  rename,
  reroute,
  script,
  set,
  sort,
  split,
  terminate,
  trim,
  uppercase,
  uriParts,
  urldecode,
  userAgent,
]
