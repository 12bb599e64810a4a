import type { Variables } from '../config/variables.ts'
import type { Log } from '../core/log.ts'
import { reasonOf } from '../core/reason.ts'
import type { Service } from '../core/service.ts'
import type { EpochMillis } from '../core/time.ts'
import type { Platform } from '../plugins/context.ts'
import { hostAliases, type HostAliases } from '../plugins/host-aliases.ts'
import { PipelineBus } from '../plugins/pipeline-bus.ts'
import { pluginTables, type PluginTables } from '../plugins/tables.ts'
import { loadOniguruma } from '../script/regexp/oniguruma.ts'
import { compileSource, type PipelineSource } from './compile-source.ts'
import type { InputNode, PipelineGraph } from './graph.ts'
import { RunningPipeline } from './running-pipeline.ts'
import { defaultPipelineSettings, type PipelineSettings } from './settings.ts'
import { findSources, type ConfiguredSource } from './sources.ts'

export interface PipelinesConfig {
  /** Folder of pipeline files, each a pipeline of its own; or a `pipelines.yml`. */
  readonly path: string | undefined
  readonly compat: 'lenient' | 'strict'
  /** Names that mean this program in files that were written for a stack of containers. */
  readonly storeHosts: readonly string[]
  readonly brokerHosts: readonly string[]
  readonly storePorts: readonly number[]
  readonly brokerPorts: readonly number[]
  /** How often files are looked at for changes. Never when absent. */
  readonly reloadEveryMs?: number | undefined
}

export interface PipelinesOptions {
  readonly platform: Platform
  readonly config: PipelinesConfig
  readonly variables: Variables
  /** Pipelines that come with the program, besides those of the folder. */
  readonly sources?: readonly PipelineSource[]
  readonly settings?: Partial<PipelineSettings>
  /** For tests: further plug-ins. */
  readonly tables?: PluginTables
}

/** How often a pipeline was loaded anew since the start. */
export interface ReloadState {
  readonly successes: number
  readonly failures: number
  readonly lastSuccess: EpochMillis | undefined
  readonly lastFailure: EpochMillis | undefined
  readonly lastError: string | undefined
}

/** How a pipeline is. */
export type PipelineState = { readonly id: string; readonly reloads: ReloadState } & (
  | { readonly state: 'running'; readonly pipeline: RunningPipeline }
  | { readonly state: 'failed'; readonly errors: readonly string[] }
)

export interface Pipelines extends Service {
  readonly states: ReadonlyMap<string, PipelineState>
  /** Ports that inputs listen on, by `pipeline/plug-in id`. */
  readonly ports: ReadonlyMap<string, number>
  /** Looks at the files now. A pipeline that is wrong now goes on as it was. */
  reload(): Promise<void>
}

/**
 * Runs the pipelines of a folder, and those that come with the program. A pipeline that is wrong or cannot start is told
 * in the log, line by line, and the others run.
 */
export function createPipelines(options: PipelinesOptions): Pipelines {
  return new PipelinesService(options)
}

const NO_RELOADS: ReloadState = {
  successes: 0,
  failures: 0,
  lastSuccess: undefined,
  lastFailure: undefined,
  lastError: undefined,
}

class PipelinesService implements Pipelines {
  readonly name = 'pipelines'
  readonly states = new Map<string, PipelineState>()
  readonly #options: PipelinesOptions
  readonly #settings: PipelineSettings
  readonly #log: Log
  readonly #hosts: HostAliases
  readonly #bus = new PipelineBus()
  readonly #warned = new Set<string>()
  /** What was loaded last, whether it was right or not. */
  readonly #loaded = new Map<string, string>()
  #timer: NodeJS.Timeout | undefined
  #reloading: Promise<void> = Promise.resolve()

  constructor(options: PipelinesOptions) {
    this.#options = options
    this.#settings = { ...defaultPipelineSettings, ...options.settings }
    this.#log = options.platform.log.child({ service: 'pipelines' })
    this.#hosts = hostAliases({ ...options.config, lenient: options.config.compat === 'lenient' })
  }

  get ports(): ReadonlyMap<string, number> {
    const ports = new Map<string, number>()
    for (const state of this.states.values()) {
      if (state.state !== 'running') continue
      for (const [plugin, port] of state.pipeline.ports) ports.set(`${state.id}/${plugin}`, port)
    }
    return ports
  }

  async start(): Promise<void> {
    await loadOniguruma()
    const { sources } = await this.#findSources()
    for (const source of sources) {
      this.#loaded.set(source.id, fingerprint(source))
      this.states.set(source.id, await this.#run(source))
    }
    const { reloadEveryMs } = this.#options.config
    if (reloadEveryMs !== undefined) {
      this.#timer = setInterval(() => {
        this.reload().catch((error: unknown) => this.#log.error({ error: reasonOf(error) }, 'pipelines could not be reloaded'))
      }, reloadEveryMs).unref()
    }
  }

  async stop(): Promise<void> {
    clearInterval(this.#timer)
    await this.#reloading
    const running = [...this.states.values()].flatMap((state) => (state.state === 'running' ? [state.pipeline] : []))
    await stopInOrder(running)
  }

  reload(): Promise<void> {
    // One after the other, whoever asks.
    const done = this.#reloading.then(() => this.#reload())
    this.#reloading = done.catch(() => undefined)
    return done
  }

  async #reload(): Promise<void> {
    const { sources, wrong } = await this.#findSources()
    const known = new Set([...wrong, ...sources.map(({ id }) => id)])
    const gone = [...this.states.values()].filter(({ id }) => !known.has(id))
    for (const state of gone) {
      if (state.state === 'running') await state.pipeline.stop()
      this.states.delete(state.id)
      this.#loaded.delete(state.id)
      this.#last.delete(state.id)
      this.#log.info({ pipeline: state.id }, 'pipeline is gone and stopped')
    }
    for (const source of sources) {
      const print = fingerprint(source)
      if (this.#loaded.get(source.id) === print) continue
      this.#loaded.set(source.id, print)
      this.states.set(source.id, await this.#change(source))
    }
  }

  /** Pipelines to run, and the names of what cannot be read. */
  async #findSources(): Promise<{ readonly sources: readonly ConfiguredSource[]; readonly wrong: readonly string[] }> {
    const { path } = this.#options.config
    const own = (this.#options.sources ?? []).map((source) => ({ ...source, settings: this.#settings }))
    if (path === undefined) return { sources: own, wrong: [] }
    const { variables } = this.#options
    // What was added since the last time counts now. A keystore that cannot be opened any more leaves what it had.
    await variables.refresh().catch((error: unknown) => this.#warn('keystore', 'keystore', reasonOf(error)))
    const { sources, errors, notes } = await findSources(path, this.#settings, variables.lookUp)
    for (const note of notes) this.#warn('pipelines.yml', 'setting', note)
    for (const [id, lines] of errors) {
      const known = this.states.get(id)
      const print = lines.join('\n')
      if (this.#loaded.get(id) === print) continue
      this.#loaded.set(id, print)
      for (const line of lines) this.#log.error({}, `pipeline does not run: ${line}`)
      this.states.set(id, known?.state === 'running' ? this.#failedReload(known, lines) : this.#failed(id, lines))
    }
    // A file that is wrong for the moment takes no pipeline away.
    const found = [...own, ...sources]
    const kept = errors.size === 0 ? [] : [...this.#last.values()].filter(({ id }) => !found.some((source) => source.id === id))
    return { sources: [...found, ...kept], wrong: [...errors.keys()] }
  }

  /** What runs, as it was read. */
  readonly #last = new Map<string, ConfiguredSource>()

  /** A pipeline that was changed: only its filters and outputs where that is all that is new. */
  async #change(source: ConfiguredSource): Promise<PipelineState> {
    const before = this.states.get(source.id)
    if (before?.state !== 'running') return this.#run(source, before?.reloads)
    const { pipeline } = before
    const log = this.#log.child({ pipeline: source.id })
    const compiled = this.#compile(source, log)
    if (compiled.graph === undefined) return this.#failedReload(before, compiled.errors)
    try {
      if (sameInputs(pipeline.graph.inputs, compiled.graph.inputs) && sameIntake(pipeline.settings, source.settings)) {
        await pipeline.replace(compiled.graph, source.settings)
        this.#last.set(source.id, source)
        log.info({}, 'pipeline goes on with new filters and outputs')
        return { ...before, reloads: this.#succeeded(before.reloads) }
      }
    } catch (error) {
      return this.#failedReload(before, [reasonOf(error)])
    }
    await pipeline.stop()
    const next = await this.#run(source, before.reloads)
    return {
      ...next,
      reloads: next.state === 'running' ? this.#succeeded(before.reloads) : this.#refused(before.reloads, next.errors),
    }
  }

  #succeeded(reloads: ReloadState): ReloadState {
    return { ...reloads, successes: reloads.successes + 1, lastSuccess: this.#options.platform.clock.now() }
  }

  #refused(reloads: ReloadState, errors: readonly string[]): ReloadState {
    return {
      ...reloads,
      failures: reloads.failures + 1,
      lastFailure: this.#options.platform.clock.now(),
      lastError: errors.join('\n'),
    }
  }

  #failedReload(state: Extract<PipelineState, { state: 'running' }>, errors: readonly string[]): PipelineState {
    for (const error of errors) this.#log.error({ pipeline: state.id }, `pipeline goes on as it was: ${error}`)
    return { ...state, reloads: this.#refused(state.reloads, errors) }
  }

  #compile(
    source: ConfiguredSource,
    log: Log,
  ): { readonly graph: PipelineGraph | undefined; readonly errors: readonly string[] } {
    const { config, variables, tables = pluginTables } = this.#options
    const compiled = compileSource(source, {
      tables,
      lenient: config.compat === 'lenient',
      supportEscapes: source.settings.supportEscapes,
      lookUp: variables.lookUp,
    })
    for (const { name, message, position } of compiled.warnings)
      this.#warn(source.id, name, `${position.file}:${position.line}:${position.column}: ${message}`, log)
    return { graph: compiled.graph, errors: compiled.errors.map((error) => error.describe()) }
  }

  async #run(source: ConfiguredSource, reloads = NO_RELOADS): Promise<PipelineState> {
    const { id, settings } = source
    const log = this.#log.child({ pipeline: id })
    const compiled = this.#compile(source, log)
    if (compiled.graph === undefined) return this.#failed(id, compiled.errors, reloads)
    try {
      const pipeline = new RunningPipeline({
        id,
        graph: compiled.graph,
        settings,
        platform: this.#options.platform,
        hosts: this.#hosts,
        bus: this.#bus,
        lenient: this.#options.config.compat === 'lenient',
        warn: (name, message) => this.#warn(id, name, message, log),
      })
      await pipeline.start()
      this.#last.set(id, source)
      log.info({ workers: settings.workers, batch_size: settings.batchSize, queue: settings.queue.type }, 'pipeline runs')
      return { id, state: 'running', pipeline, reloads }
    } catch (error) {
      return this.#failed(id, [reasonOf(error)], reloads)
    }
  }

  #failed(id: string, errors: readonly string[], reloads = NO_RELOADS): PipelineState {
    for (const error of errors) this.#log.error({ pipeline: id }, `pipeline does not run: ${error}`)
    return { id, state: 'failed', errors, reloads }
  }

  /** Each text once. */
  #warn(id: string, name: string, message: string, log = this.#log): void {
    const key = `${id} ${name} ${message}`
    if (this.#warned.has(key)) return
    this.#warned.add(key)
    log.warn({ leniency: name }, message)
  }
}

function fingerprint({ files, settings }: ConfiguredSource): string {
  return JSON.stringify([files, settings])
}

function sameInputs(before: readonly InputNode[], after: readonly InputNode[]): boolean {
  const print = (inputs: readonly InputNode[]): string =>
    JSON.stringify(
      inputs.map(({ plugin, id, config, codec, common }) => [plugin.name, id, config, codec.plugin.name, codec.config, common]),
      (_key, value: unknown) => (typeof value === 'bigint' ? `${value}n` : value),
    )
  return print(before) === print(after)
}

/** Whether inputs, queue and dead letters are as they were. */
function sameIntake(before: PipelineSettings, after: PipelineSettings): boolean {
  const print = ({ ecs, queue, deadLetters }: PipelineSettings): string => JSON.stringify([ecs, queue, deadLetters])
  return print(before) === print(after)
}

/** Who sends to other pipelines stops before those, so that what it still holds gets there. */
async function stopInOrder(pipelines: readonly RunningPipeline[]): Promise<void> {
  let left = pipelines
  while (left.length > 0) {
    const receiving = new Set(left.flatMap(({ addresses }) => addresses.sendsTo))
    const first = left.filter(({ addresses }) => !addresses.listensAt.some((address) => receiving.has(address)))
    // Pipelines that send in a circle stop together.
    const now = first.length > 0 ? first : left
    await Promise.all(now.map((pipeline) => pipeline.stop()))
    left = left.filter((pipeline) => !now.includes(pipeline))
  }
}
