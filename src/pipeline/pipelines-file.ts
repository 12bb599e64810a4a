import { isMap, isScalar, isSeq, LineCounter, parseDocument, type Node } from 'yaml'
import { parseByteSize } from '../core/byte-size.ts'
import { substituteEnvironment, type LookUp } from '../config/environment.ts'
import { nearestName } from '../core/nearest.ts'
import { reasonOf } from '../core/reason.ts'
import type { PipelineSettings } from './settings.ts'

/** A pipeline as `pipelines.yml` names it. */
export interface PipelineEntry {
  readonly id: string
  /** A file, a folder or a pattern; what it stands for is joined in the order of names. */
  readonly path: string | undefined
  /** The text itself instead (`config.string`). */
  readonly text: string | undefined
  /** Settings with what it says of its own. */
  readonly settings: PipelineSettings
}

/** What `pipelines.yml` says, or everything that is wrong with it: `file:line:column: what` each. */
export interface PipelinesFile {
  readonly entries: readonly PipelineEntry[]
  readonly errors: readonly string[]
  /** Settings that mean nothing here, likewise. */
  readonly notes: readonly string[]
}

type Apply = (settings: PipelineSettings, value: unknown) => PipelineSettings

/** Names of pipelines are names of folders, too. */
const ID = /^[\w.-]{1,128}$/

const settingsOfEntries: Readonly<Record<string, Apply>> = {
  'pipeline.workers': (settings, value) => ({ ...settings, workers: whole(value, 1) }),
  'pipeline.batch.size': (settings, value) => ({ ...settings, batchSize: whole(value, 1) }),
  'pipeline.batch.delay': (settings, value) => ({ ...settings, batchDelayMs: whole(value, 0) }),
  'pipeline.ordered': (settings, value) => (isTrue(value) ? { ...settings, workers: 1 } : settings),
  'pipeline.ecs_compatibility': (settings, value) => ({ ...settings, ecs: oneOf(value, ['disabled', 'v1', 'v8']) }),
  'config.support_escapes': (settings, value) => ({ ...settings, supportEscapes: isTrue(value) }),
  'queue.type': (settings, value) => ({
    ...settings,
    queue: { ...settings.queue, type: oneOf(value, ['memory', 'persisted']) },
  }),
  'queue.max_bytes': (settings, value) => ({ ...settings, queue: { ...settings.queue, maxBytes: size(value) } }),
  // 0 means no limit by number, as in Logstash.
  'queue.max_events': (settings, value) => ({
    ...settings,
    queue: { ...settings.queue, maxEvents: whole(value, 0) === 0 ? Infinity : whole(value, 0) },
  }),
  'queue.drain': (settings, value) => ({ ...settings, queue: { ...settings.queue, drain: isTrue(value) } }),
  'dead_letter_queue.enable': (settings, value) => ({
    ...settings,
    deadLetters: { ...settings.deadLetters, enabled: isTrue(value) },
  }),
  'dead_letter_queue.max_bytes': (settings, value) => ({
    ...settings,
    deadLetters: { ...settings.deadLetters, maxBytes: size(value) },
  }),
  'dead_letter_queue.storage_policy': (settings, value) => ({
    ...settings,
    deadLetters: { ...settings.deadLetters, whenFull: oneOf(value, ['drop_newer', 'drop_older']) },
  }),
}

/** Settings of Logstash that nothing depends on here, and why. */
const noted: Readonly<Record<string, string>> = {
  'pipeline.java_execution': 'there is one way to run pipelines',
  'pipeline.unsafe_shutdown': 'a stop waits for what is under way',
  'pipeline.plugin_classloaders': 'there are no class loaders',
  'pipeline.separate_logs': 'log lines name their pipeline',
  'pipeline.reloadable': 'every pipeline is reloadable',
  'pipeline.buffer.type': 'memory is managed by the runtime',
  'config.debug': 'use elkhorn pipeline test',
  'config.reload.automatic': 'it is set for all pipelines in elkhorn.yml',
  'config.reload.interval': 'it is set for all pipelines in elkhorn.yml',
  'path.queue': 'queues are in data.path',
  'path.dead_letter_queue': 'dead letters are in data.path',
  'path.logs': 'logs are in the folder logs of data.path',
  'queue.page_capacity': 'queues size their own files',
  'queue.checkpoint.acks': 'what is written is told once a second',
  'queue.checkpoint.writes': 'acknowledgements follow durable writes anyway',
  'queue.checkpoint.retry': 'acknowledgements follow durable writes anyway',
  'queue.compression': 'queues are not compressed',
  'dead_letter_queue.flush_interval': 'letters are synced as they come',
  'dead_letter_queue.retain.age': 'letters are kept until there are too many',
}

/**
 * @param defaults settings of pipelines that say nothing of their own
 * @param lookUp finds what `${NAME}` stands for
 */
export function parsePipelinesFile(text: string, file: string, defaults: PipelineSettings, lookUp: LookUp): PipelinesFile {
  const lines = new LineCounter()
  const document = parseDocument(text, { lineCounter: lines, prettyErrors: false })
  const place = (offset: number): string => {
    const { line, col } = lines.linePos(offset)
    return `${file}:${line}:${col}`
  }
  const errors: string[] = document.errors.map((error) => `${place(error.pos[0])}: ${error.message}`)
  const notes: string[] = []
  const entries: PipelineEntry[] = []
  const { contents } = document
  if (errors.length > 0 || contents === null) return { entries, errors, notes }
  if (!isSeq(contents)) {
    errors.push(`${place(contents.range[0])}: expected a list of pipelines, such as [- pipeline.id: main]`)
    return { entries, errors, notes }
  }
  const ids = new Set<string>()
  for (const item of contents.items as Node[]) {
    const at = place(item.range?.[0] ?? 0)
    if (!isMap(item)) {
      errors.push(`${at}: expected a pipeline, such as [- pipeline.id: main]`)
      continue
    }
    const entry = readEntry(flatten(item, ''), { at, place, errors, notes, defaults, lookUp })
    if (entry === undefined) continue
    if (ids.has(entry.id)) errors.push(`${at}: the pipeline [${entry.id}] stands twice`)
    ids.add(entry.id)
    entries.push(entry)
  }
  return { entries, errors, notes }
}

interface Setting {
  readonly key: string
  readonly value: unknown
  readonly offset: number
}

interface Reading {
  readonly at: string
  readonly place: (offset: number) => string
  readonly errors: string[]
  readonly notes: string[]
  readonly defaults: PipelineSettings
  readonly lookUp: LookUp
}

function readEntry(
  settings: readonly Setting[],
  { at, place, errors, notes, defaults, lookUp }: Reading,
): PipelineEntry | undefined {
  let id: string | undefined
  let path: string | undefined
  let text: string | undefined
  let own = defaults
  for (const { key, value: written, offset } of settings) {
    const missing = (name: string): void => {
      errors.push(`${place(offset)}: [${key}]: [${name}] is neither in the keystore nor in the environment`)
    }
    // A pipeline's own text is substituted where it is compiled.
    const value =
      typeof written === 'string' && key !== 'config.string' ? substituteEnvironment(written, lookUp, missing) : written
    const apply = settingsOfEntries[key]
    const note = noted[key]
    if (key === 'pipeline.id') id = String(value)
    else if (key === 'path.config') path = String(value)
    else if (key === 'config.string') text = String(value)
    else if (note !== undefined) notes.push(`${place(offset)}: [${key}] changes nothing: ${note}`)
    else if (apply === undefined) {
      const nearest = nearestName(key, ['pipeline.id', 'path.config', 'config.string', ...Object.keys(settingsOfEntries)])
      errors.push(`${place(offset)}: unknown setting [${key}]${nearest === undefined ? '' : `; did you mean [${nearest}]?`}`)
    } else {
      try {
        own = apply(own, value)
      } catch (error) {
        errors.push(`${place(offset)}: [${key}]: ${reasonOf(error)}`)
      }
    }
  }
  if (id === undefined || !ID.test(id)) {
    errors.push(
      `${at}: ${id === undefined ? 'the pipeline has no pipeline.id' : `the id [${id}] may hold letters, digits, ., _ and -`}`,
    )
    return undefined
  }
  if ((path === undefined) === (text === undefined)) {
    errors.push(`${at}: the pipeline [${id}] needs path.config or config.string, and not both`)
    return undefined
  }
  return { id, path, text, settings: own }
}

function flatten(node: Node, prefix: string): Setting[] {
  if (!isMap(node)) return []
  return node.items.flatMap((pair) => {
    const key = `${prefix}${String(isScalar(pair.key) ? pair.key.value : pair.key)}`
    const value = pair.value as Node | null
    if (value !== null && isMap(value)) return flatten(value, `${key}.`)
    return [{ key, value: isScalar(value) ? value.value : undefined, offset: (pair.key as Node).range?.[0] ?? 0 }]
  })
}

function whole(value: unknown, min: number): number {
  const number = typeof value === 'string' ? Number(value) : value
  if (typeof number !== 'number' || !Number.isSafeInteger(number) || number < min)
    throw new Error(`expected a whole number from ${min}, given [${String(value)}]`)
  return number
}

function isTrue(value: unknown): boolean {
  const written = String(value)
  if (written === 'true' || written === 'false' || written === 'auto') return written === 'true'
  throw new Error(`expected true or false, given [${written}]`)
}

function oneOf<const T extends string>(value: unknown, known: readonly T[]): T {
  const found = known.find((one) => one === value)
  if (found === undefined) throw new Error(`expected ${known.join(' or ')}, given [${String(value)}]`)
  return found
}

function size(value: unknown): number {
  return typeof value === 'number' ? value : parseByteSize(String(value), 'size')
}
