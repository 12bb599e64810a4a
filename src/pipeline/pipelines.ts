import { readdir, readFile, stat } from 'node:fs/promises'
import { join } from 'node:path'
import type { Environment } from '../config/environment.ts'
import type { Log } from '../core/log.ts'
import type { Service } from '../core/service.ts'
import type { Platform } from '../plugins/context.ts'
import { hostAliases, type HostAliases } from '../plugins/host-aliases.ts'
import { PipelineBus } from '../plugins/pipeline-bus.ts'
import { pluginTables, type PluginTables } from '../plugins/tables.ts'
import { loadOniguruma } from '../script/regexp/oniguruma.ts'
import { compileSource, type PipelineSource } from './compile-source.ts'
import { RunningPipeline } from './running-pipeline.ts'
import { defaultPipelineSettings, type PipelineSettings } from './settings.ts'

export interface PipelinesConfig {
  /** Folder of pipeline files, each a pipeline of its own. */
  readonly path: string | undefined
  readonly compat: 'lenient' | 'strict'
  /** Names that mean this program in files that were written for a stack of containers. */
  readonly storeHosts: readonly string[]
  readonly brokerHosts: readonly string[]
  readonly storePorts: readonly number[]
  readonly brokerPorts: readonly number[]
}

export interface PipelinesOptions {
  readonly platform: Platform
  readonly config: PipelinesConfig
  readonly environment: Environment
  /** Pipelines that come with the program, besides those of the folder. */
  readonly sources?: readonly PipelineSource[]
  readonly settings?: Partial<PipelineSettings>
  /** For tests: further plug-ins. */
  readonly tables?: PluginTables
}

/** How a pipeline is. */
export type PipelineState =
  | { readonly id: string; readonly state: 'running'; readonly pipeline: RunningPipeline }
  | { readonly id: string; readonly state: 'failed'; readonly errors: readonly string[] }

export interface Pipelines extends Service {
  readonly states: ReadonlyMap<string, PipelineState>
  /** Ports that inputs listen on, by `pipeline/plug-in id`. */
  readonly ports: ReadonlyMap<string, number>
}

/**
 * Runs the pipelines of a folder, and those that come with the program. A pipeline that is wrong or cannot start is told
 * in the log, line by line, and the others run.
 */
export function createPipelines(options: PipelinesOptions): Pipelines {
  return new PipelinesService(options)
}

class PipelinesService implements Pipelines {
  readonly name = 'pipelines'
  readonly states = new Map<string, PipelineState>()
  readonly #options: PipelinesOptions
  readonly #log: Log
  readonly #hosts: HostAliases
  readonly #bus = new PipelineBus()
  readonly #warned = new Set<string>()

  constructor(options: PipelinesOptions) {
    this.#options = options
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
    const { path } = this.#options.config
    const sources = [...(this.#options.sources ?? []), ...(path === undefined ? [] : await readPipelineFolder(path))]
    for (const source of sources) this.states.set(source.id, await this.#run(source))
  }

  async stop(): Promise<void> {
    const running = [...this.states.values()].flatMap((state) => (state.state === 'running' ? [state.pipeline] : []))
    await stopInOrder(running)
  }

  async #run(source: PipelineSource): Promise<PipelineState> {
    const { platform, config, environment, tables = pluginTables } = this.#options
    const settings = { ...defaultPipelineSettings, ...this.#options.settings }
    const lenient = config.compat === 'lenient'
    const log = this.#log.child({ pipeline: source.id })
    const compiled = compileSource(source, {
      tables,
      lenient,
      supportEscapes: settings.supportEscapes,
      lookUp: (name) => environment[name],
    })
    const warn = (name: string, message: string): void => {
      const key = `${source.id} ${name} ${message}`
      if (this.#warned.has(key)) return
      this.#warned.add(key)
      log.warn({ leniency: name }, message)
    }
    for (const { name, message, position } of compiled.warnings)
      warn(name, `${position.file}:${position.line}:${position.column}: ${message}`)
    if (compiled.graph === undefined)
      return this.#failed(
        source,
        log,
        compiled.errors.map((error) => error.describe()),
      )
    try {
      const pipeline = new RunningPipeline({
        id: source.id,
        graph: compiled.graph,
        settings,
        platform,
        hosts: this.#hosts,
        bus: this.#bus,
        lenient,
        warn,
      })
      await pipeline.start()
      log.info({ workers: settings.workers, batch_size: settings.batchSize, queue: settings.queue.type }, 'pipeline runs')
      return { id: source.id, state: 'running', pipeline }
    } catch (error) {
      return this.#failed(source, log, [error instanceof Error ? error.message : String(error)])
    }
  }

  #failed({ id }: PipelineSource, log: Log, errors: readonly string[]): PipelineState {
    for (const error of errors) log.error({}, `pipeline does not run: ${error}`)
    return { id, state: 'failed', errors }
  }
}

/** Every `*.conf` of a folder as a pipeline, named like the file. */
async function readPipelineFolder(path: string): Promise<PipelineSource[]> {
  if (!(await stat(path)).isDirectory()) throw new Error(`pipelines.path [${path}] is no folder`)
  const names = (await readdir(path)).filter((name) => name.endsWith('.conf')).toSorted()
  return Promise.all(
    names.map(async (name) => ({
      id: name.slice(0, -'.conf'.length),
      files: [{ name: join(path, name), text: await readFile(join(path, name), 'utf8') }],
    })),
  )
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
