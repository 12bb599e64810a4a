import { ComputedFields } from '../../query/computed/computed-fields.ts'
import { addRuntimeFields } from '../../query/computed/runtime-fields.ts'
import type { Scripts } from '../../script/scripts.ts'
import type { CompiledMapping } from './compile-mapping.ts'

/**
 * Compiles the scripts of a mapping's runtime fields: one that means nothing would fail every search of the index.
 * @throws ElkhornError `mapper_parsing_exception`, `script_exception` (400)
 */
export function checkRuntimeFields(mapping: CompiledMapping, scripts: Scripts): void {
  const { runtime } = mapping.mapping.options
  if (runtime) addRuntimeFields(runtime, new ComputedFields(mapping, scripts))
}
