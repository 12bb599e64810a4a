import type { JsonObject } from '../../core/json.ts'
import type { Catalog, DataStream } from '../catalog.ts'
import type { Settings } from '../settings/settings-json.ts'
import { composeTemplate, findIndexTemplate, layTemplate, type ComposedTemplate } from './compose.ts'

/** What a data stream says itself over its index template: for the backing indices that are still to come. */
export interface StreamOverrides {
  readonly mappings?: JsonObject
  readonly settings?: Settings
}

/**
 * What the next backing index of a stream is made from; `undefined` when its template is gone.
 * @throws ElkhornError 400 when what the stream says does not go with the template
 */
export function composeStream(catalog: Catalog, stream: Pick<DataStream, 'name' | 'overrides'>): ComposedTemplate | undefined {
  const found = findIndexTemplate(catalog, stream.name)
  if (!found?.template.dataStream) return undefined
  const composed = composeTemplate(catalog, found.name, found.template)
  return stream.overrides ? layTemplate(composed, stream.overrides) : composed
}
