import { readdir, readFile, stat } from 'node:fs/promises'
import { hostname } from 'node:os'
import { join } from 'node:path'
import type { LookUp } from '../config/environment.ts'
import type { Config } from '../config/schema.ts'
import { silentLog } from '../core/log.ts'
import { systemClock } from '../core/time.ts'
import { compileSource } from '../pipeline/compile-source.ts'
import { printPosition, UnsetVariableError } from '../pipeline/language/ast.ts'
import { defaultPipelineSettings } from '../pipeline/settings.ts'
import { createEventTracer } from '../pipeline/trace-events.ts'
import type { Platform } from '../plugins/context.ts'
import { hostAliases } from '../plugins/host-aliases.ts'
import { pluginTables } from '../plugins/tables.ts'
import { loadOniguruma } from '../script/regexp/oniguruma.ts'

export interface LintOptions {
  readonly compat: 'lenient' | 'strict'
  readonly lookUp: LookUp
}

/** What is wrong with pipeline files, and what was let pass: `file:line:column: what` each. */
export interface LintResult {
  readonly errors: readonly string[]
  readonly warnings: readonly string[]
}

/** Reads every file as a pipeline of its own, as a start would, and makes nothing. A folder stands for its `*.conf`. */
export async function lintPipelines(paths: readonly string[], { compat, lookUp }: LintOptions): Promise<LintResult> {
  await loadOniguruma()
  const errors: string[] = []
  const warnings: string[] = []
  for (const path of paths) {
    for (const file of await pipelineFiles(path)) {
      const text = await readFile(file, 'utf8')
      const compiled = compileSource(
        { id: file, files: [{ name: file, text }] },
        { tables: pluginTables, lenient: compat === 'lenient', supportEscapes: false, lookUp },
      )
      for (const error of compiled.errors) (error instanceof UnsetVariableError ? warnings : errors).push(error.describe())
      warnings.push(...compiled.warnings.map(({ name, message, position }) => `${printPosition(position)}: ${name}: ${message}`))
    }
  }
  return { errors, warnings }
}

export interface TestOptions extends LintOptions {
  readonly config: Config
  readonly events: AsyncIterable<string>
  readonly print: (text: string) => void
}

/**
 * Sends lines through the filters of a pipeline and prints what each filter changed. Files that are joined, as Logstash
 * joins those of a folder, are one pipeline. Nothing is opened but what filters read.
 * @returns what keeps the pipeline from loading; nothing when it ran
 */
export async function testPipeline(paths: readonly string[], options: TestOptions): Promise<readonly string[]> {
  await loadOniguruma()
  const { config, compat, lookUp, events, print } = options
  const names = (await Promise.all(paths.map(pipelineFiles))).flat()
  const files = await Promise.all(names.map(async (name) => ({ name, text: await readFile(name, 'utf8') })))
  const lenient = compat === 'lenient'
  const compiled = compileSource({ id: 'test', files }, { tables: pluginTables, lenient, supportEscapes: false, lookUp })
  for (const { name, message, position } of compiled.warnings) print(`warning: ${printPosition(position)}: ${name}: ${message}\n`)
  if (compiled.graph === undefined) return compiled.errors.map((error) => error.describe())
  const tracer = await createEventTracer({
    graph: compiled.graph,
    settings: { ...defaultPipelineSettings, ecs: config.pipeline.ecs_compatibility },
    platform: offlinePlatform(config),
    hosts: hostAliases({
      storeHosts: config.pipelines.store_hosts,
      brokerHosts: config.pipelines.broker_hosts,
      storePorts: [config.api.port],
      brokerPorts: [config.mqtt.port],
      lenient,
    }),
    lenient,
    warn: (name, message) => print(`warning: ${name}: ${message}\n`),
  })
  for await (const line of events) if (line.trim() !== '') print(await tracer.trace(line))
  print(await tracer.end())
  return []
}

/** What plug-ins get that run without the program: filters that look something up in the store find nothing. */
function offlinePlatform(config: Config): Platform {
  return {
    log: silentLog,
    clock: systemClock,
    dataDir: config.data.path,
    hostname: config.node.name ?? hostname(),
    write: () => Promise.reject(new Error('nothing is stored here')),
    authenticateDevice: () => Promise.resolve({ allowed: false, reason: 'no device connects here' }),
  }
}

async function pipelineFiles(path: string): Promise<string[]> {
  if (!(await stat(path)).isDirectory()) return [path]
  return (await readdir(path))
    .filter((name) => name.endsWith('.conf'))
    .toSorted()
    .map((name) => join(path, name))
}
