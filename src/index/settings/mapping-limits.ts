import { MAX_OBJECTS } from '../../engine/engine.ts'
import type { MappingLimits } from '../mapping/limits.ts'
import { booleanSetting, numberSetting } from './index-settings.ts'
import type { Settings } from './settings-json.ts'

/** What the settings of an index say about mappings and the documents that are read by them. */
export function mappingLimits(settings: Settings): MappingLimits {
  return {
    totalFields: numberSetting(settings, 'index.mapping.total_fields.limit'),
    depth: numberSetting(settings, 'index.mapping.depth.limit'),
    fieldNameLength: numberSetting(settings, 'index.mapping.field_name_length.limit'),
    nestedFields: numberSetting(settings, 'index.mapping.nested_fields.limit'),
    nestedObjects: Math.min(numberSetting(settings, 'index.mapping.nested_objects.limit'), MAX_OBJECTS),
    ignoreMalformed: booleanSetting(settings, 'index.mapping.ignore_malformed'),
  }
}
