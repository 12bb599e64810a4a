import { dateFormat } from '../../core/dates/date-format.ts'
import { illegalArgument } from '../../core/errors.ts'
import type { JsonObject } from '../../core/json.ts'
import type { DataStream } from '../catalog.ts'
import type { IndexContext } from '../index-context.ts'
import type { IndexState } from '../index-state.ts'
import type { Mapping } from '../mapping/mapping.ts'
import { parseMapping } from '../mapping/parse-mapping.ts'
import { mergeMappings } from '../mapping/merge-mappings.ts'
import { parseIndexName } from '../names/index-name.ts'
import { composeTemplate, findIndexTemplate, type ComposedTemplate } from '../templates/compose.ts'
import { composeStream } from '../templates/stream-overrides.ts'
import { addIndex, checkFree } from './create-index.ts'

/** What every backing index maps, unless its template says more of the field. */
const TIMESTAMP_MAPPING: JsonObject = {
  _data_stream_timestamp: { enabled: true },
  properties: { '@timestamp': { type: 'date' } },
}

/**
 * Makes a data stream with its first backing index, as the index template of its name says.
 * @throws ElkhornError `illegal_argument_exception` when no template with `data_stream` matches
 */
export async function createDataStream(context: IndexContext, text: string): Promise<DataStream> {
  const name = parseIndexName(text)
  if (name.startsWith('.ds-')) throw illegalArgument(`data_stream [${name}] must not start with '.ds-'`)
  checkFree(context, name)
  const found = findIndexTemplate(context.catalog, name)
  if (!found) throw illegalArgument(`no matching index template found for data stream [${name}]`)
  if (!found.template.dataStream) {
    throw illegalArgument(`matching index template [${found.name}] for data stream [${name}] has no data stream template`)
  }
  const composed = composeTemplate(context.catalog, found.name, found.template)
  const index = addBackingIndex(context, name, 1, composed)
  const { aliases } = composed
  const stream: DataStream = {
    name,
    indices: [index.name],
    generation: 1,
    template: found.name,
    hidden: found.template.dataStream.hidden === true,
    ...(Object.keys(aliases).length > 0 ? { aliases } : {}),
    ...(found.template.meta ? { meta: found.template.meta } : {}),
    ...(composed.lifecycle ? { lifecycle: composed.lifecycle } : {}),
    ...(composed.failureStore === undefined ? {} : { failureStore: composed.failureStore }),
  }
  void context.catalog.putDataStream(stream).catch(() => undefined)
  await index.ready
  await context.catalog.durable()
  return stream
}

/** The next backing index of a stream; it is written to from the moment this is called. */
export async function rolloverDataStream(
  context: IndexContext,
  stream: DataStream,
): Promise<{ readonly from: string; readonly to: IndexState }> {
  const composed = composeStream(context.catalog, stream)
  if (!composed) throw illegalArgument(`no matching index template found for data stream [${stream.name}]`)
  const generation = stream.generation + 1
  const index = addBackingIndex(context, stream.name, generation, composed)
  const from = stream.indices.at(-1) ?? ''
  void context.catalog.putDataStream({ ...stream, generation, indices: [...stream.indices, index.name] }).catch(() => undefined)
  await index.ready
  await context.catalog.durable()
  return { from, to: index }
}

/** What a rollover would call its new index. */
export function nextBackingIndexName(context: IndexContext, stream: DataStream): string {
  return backingIndexName(context, stream.name, stream.generation + 1)
}

function backingIndexName(context: IndexContext, stream: string, generation: number): string {
  const date = dateFormat('uuuu.MM.dd').print(context.clock.now())
  return `.ds-${stream}-${date}-${String(generation).padStart(6, '0')}`
}

function addBackingIndex(context: IndexContext, stream: string, generation: number, composed: ComposedTemplate): IndexState {
  const name = backingIndexName(context, stream, generation)
  const mapping = mergeMappings(parseMapping(TIMESTAMP_MAPPING), composed.mapping, 'template')
  checkTimestamp(mapping)
  // Aliases of the template belong to the stream.
  return addIndex(context, name, { settings: { 'index.hidden': 'true' } }, { ...composed, mapping, aliases: {} })
}

/** @throws ElkhornError `illegal_argument_exception` for a mapping whose `@timestamp` is no date */
export function checkTimestamp(mapping: Mapping): void {
  const timestamp = mapping.root.properties.get('@timestamp')
  if (timestamp?.kind === 'leaf' && (timestamp.type === 'date' || timestamp.type === 'date_nanos')) return
  throw illegalArgument(
    `data stream timestamp field [@timestamp] is of type [${timestamp?.kind === 'leaf' ? timestamp.type : 'object'}], but [date,date_nanos] is expected`,
  )
}

/** Deletes data streams with all their documents. */
export async function deleteDataStreams(context: IndexContext, streams: readonly DataStream[]): Promise<void> {
  const { catalog, engine } = context
  const uuids: string[] = []
  for (const stream of streams) {
    void catalog.removeDataStream(stream.name).catch(() => undefined)
    for (const name of [...stream.indices, ...(stream.failureIndices ?? [])]) {
      const index = catalog.findIndex(name)
      if (!index) continue
      uuids.push(index.uuid)
      void catalog.removeIndex(index).catch(() => undefined)
    }
  }
  await catalog.durable()
  await Promise.all(uuids.map((uuid) => engine.deleteIndex(uuid)))
}
