import { parseDurationMs } from '../core/duration.ts'
import { ElkhornError, illegalArgument } from '../core/errors.ts'
import { isJsonObject, type JsonObject, type JsonValue } from '../core/json.ts'

/** How long a data stream keeps what it holds, as its author wrote it. */
const FIELDS = ['enabled', 'data_retention', 'downsampling', 'downsampling_method', 'frozen_after']

/** @throws ElkhornError 400 naming the member that makes no sense */
export function parseDataStreamLifecycle(json: JsonObject): JsonObject {
  const unknown = Object.keys(json).find((key) => !FIELDS.includes(key))
  if (unknown !== undefined) throw new ElkhornError('x_content_parse_exception', 400, `[lifecycle] unknown field [${unknown}]`)
  const { enabled, data_retention: retention, downsampling } = json
  if (enabled !== undefined && typeof enabled !== 'boolean') throw illegalArgument('[enabled] must be true or false')
  if (typeof retention === 'string') {
    if (parseDurationMs(retention, 'data_retention') <= 0) {
      throw illegalArgument(`[data_retention] must be more than nothing, got [${retention}]`)
    }
  } else if (retention !== undefined && retention !== null) {
    throw illegalArgument('[data_retention] must be a time value')
  }
  if (downsampling !== undefined && downsampling !== null) checkRounds(downsampling)
  return { enabled: true, ...json }
}

/** Rounds of downsampling come one after the other, each coarser than the last. */
function checkRounds(json: JsonValue): void {
  if (!Array.isArray(json) || json.length === 0)
    throw illegalArgument('Downsampling configuration should have at least one round')
  let lastAfter = -1
  let lastInterval = 0
  for (const round of json as readonly JsonValue[]) {
    const { after, fixed_interval: interval } = isJsonObject(round) ? round : {}
    if (typeof after !== 'string' || typeof interval !== 'string') {
      throw illegalArgument('A downsampling round must have both configuration parameters [after] and [fixed_interval]')
    }
    const afterMs = parseDurationMs(after, 'after')
    const intervalMs = parseDurationMs(interval, 'fixed_interval')
    if (afterMs <= lastAfter || intervalMs <= lastInterval) {
      throw illegalArgument(
        `A downsampling round must be later and coarser than the one before, got [${after}] and [${interval}]`,
      )
    }
    lastAfter = afterMs
    lastInterval = intervalMs
  }
}
