import { readdir, readFile, stat } from 'node:fs/promises'
import { basename, dirname, join, resolve } from 'node:path'
import type { LookUp } from '../config/environment.ts'
import { findFiles } from '../plugins/find-files.ts'
import type { PipelineSource } from './compile-source.ts'
import { parsePipelinesFile } from './pipelines-file.ts'
import type { PipelineSettings } from './settings.ts'

/** A pipeline's text with the settings that it runs with. */
export interface ConfiguredSource extends PipelineSource {
  readonly settings: PipelineSettings
}

export interface SourcesFound {
  readonly sources: readonly ConfiguredSource[]
  /** Pipelines, or a whole `pipelines.yml`, that cannot be read: by the name of the pipeline or file. */
  readonly errors: ReadonlyMap<string, readonly string[]>
  readonly notes: readonly string[]
}

/** The file that names the pipelines of a folder, when it is there. */
const PIPELINES_FILE = 'pipelines.yml'

/**
 * The pipelines of `pipelines.path`: those that its `pipelines.yml` names, or each `*.conf` of the folder as one, named like
 * the file. It may also be `pipelines.yml` itself, or one pipeline file.
 * @throws Error when there is no such file or folder
 */
export async function findSources(path: string, settings: PipelineSettings, lookUp: LookUp): Promise<SourcesFound> {
  const kind = await stat(path).catch((error: unknown) => {
    throw new Error(`pipelines.path [${path}]: no such file or folder`, { cause: error })
  })
  if (!kind.isDirectory()) {
    if (/\.ya?ml$/.test(path)) return readPipelinesFile(path, settings, lookUp)
    return { sources: [await readSource(basename(path, '.conf'), [path], settings)], errors: new Map(), notes: [] }
  }
  const names = (await readdir(path)).toSorted()
  if (names.includes(PIPELINES_FILE)) return readPipelinesFile(join(path, PIPELINES_FILE), settings, lookUp)
  const sources = names
    .filter((name) => name.endsWith('.conf'))
    .map((name) => readSource(name.slice(0, -'.conf'.length), [join(path, name)], settings))
  return { sources: await Promise.all(sources), errors: new Map(), notes: [] }
}

async function readPipelinesFile(path: string, defaults: PipelineSettings, lookUp: LookUp): Promise<SourcesFound> {
  const { entries, errors, notes } = parsePipelinesFile(await readFile(path, 'utf8'), path, defaults, lookUp)
  if (errors.length > 0) return { sources: [], errors: new Map([[path, errors]]), notes }
  const sources: ConfiguredSource[] = []
  const wrong = new Map<string, readonly string[]>()
  for (const { id, path: written, text, settings } of entries) {
    if (text !== undefined) {
      sources.push({ id, settings, files: [{ name: `${path}[${id}]`, text }] })
      continue
    }
    const files = await filesOf(resolve(dirname(path), written ?? ''))
    if (files.length === 0) wrong.set(id, [`${path}: the pipeline [${id}] has no files: nothing is at path.config [${written}]`])
    else sources.push(await readSource(id, files, settings))
  }
  return { sources, errors: wrong, notes }
}

async function readSource(id: string, paths: readonly string[], settings: PipelineSettings): Promise<ConfiguredSource> {
  const files = await Promise.all(paths.map(async (name) => ({ name, text: await readFile(name, 'utf8') })))
  return { id, files, settings }
}

/** Files in the order of their names, as Logstash joins them. */
async function filesOf(path: string): Promise<string[]> {
  const kind = await stat(path).catch(() => undefined)
  if (kind?.isFile() === true) return [path]
  return (await findFiles([kind?.isDirectory() === true ? join(path, '*') : path], [])).toSorted()
}
