import type { IndexState } from '../index-state.ts'
import { findNode } from '../mapping/compile-mapping.ts'

/** Where documents have the values of a field: of a multi-field at the field around it. */
export function sourcePath({ mapping: { mapping } }: Pick<IndexState, 'mapping'>, path: string): string {
  const parent = path.slice(0, Math.max(0, path.lastIndexOf('.')))
  return parent !== '' && findNode(mapping, parent)?.kind === 'leaf' ? parent : path
}
