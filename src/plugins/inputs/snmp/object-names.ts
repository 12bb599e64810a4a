import { stat } from 'node:fs/promises'
import { reasonOf } from '../../../core/reason.ts'
import { findFiles } from '../../find-files.ts'
import type { ModuleStore, SnmpPackage } from './agent.ts'

interface NameOptions {
  readonly oid_mapping_format: 'default' | 'ruby_snmp' | 'dotted_string'
  readonly oid_root_skip: number
  readonly oid_path_length: number
  readonly mib_paths: readonly string[]
}

/** Names that are remembered: a table has as many as it has cells. */
const MAX_NAMES = 100_000

/** What an object is called as a field. */
export type ObjectNames = (oid: string) => string

/** @throws Error naming a file that is no module */
export async function loadObjectNames(library: SnmpPackage, options: NameOptions): Promise<ObjectNames> {
  const { oid_mapping_format: format, oid_root_skip: skip, oid_path_length: length } = options
  const part = (name: string): string => {
    if (skip === 0 && length === 0) return name
    const arcs = name.split('.')
    return (length > 0 ? arcs.slice(-length) : arcs.slice(skip)).join('.')
  }
  if (format === 'dotted_string') return part
  const store = await loadModules(library, options.mib_paths)
  const style = format === 'ruby_snmp' ? library.OidFormat.module : library.OidFormat.path
  const known = new Map<string, string>()
  return (oid) => {
    let name = known.get(oid)
    if (name === undefined) {
      name = part(nameOf(store, oid, style))
      if (known.size >= MAX_NAMES) known.clear()
      known.set(oid, name)
    }
    return name
  }
}

/** The name of the longest beginning that has one, and the rest in numbers. */
function nameOf(store: ModuleStore, oid: string, style: string): string {
  for (let end = oid.length; end > 0; end = oid.lastIndexOf('.', end - 1)) {
    try {
      return store.translate(oid.slice(0, end), style) + oid.slice(end)
    } catch {
      // A shorter one may have a name.
    }
  }
  return oid
}

async function loadModules(library: SnmpPackage, paths: readonly string[]): Promise<ModuleStore> {
  const store = library.createModuleStore()
  for (const path of paths) {
    const isFolder = (await stat(path)).isDirectory()
    for (const file of isFolder ? (await findFiles([`${path.replace(/\/$/, '')}/*`], [])).toSorted() : [path]) {
      if (/\.(?:dic|ya?ml)$/.test(file))
        throw new Error(`[snmp] mib_paths: [${file}] is a module that was translated for Logstash: name the MIB itself`)
      try {
        store.loadFromFile(file)
      } catch (error) {
        throw new Error(`[snmp] mib_paths: [${file}] is no MIB: ${reasonOf(error)}`, { cause: error })
      }
    }
  }
  return store
}
