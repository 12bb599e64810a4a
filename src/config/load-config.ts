import { readFile } from 'node:fs/promises'
import { dirname, isAbsolute, resolve } from 'node:path'
import type { z } from 'zod'
import { nearestName } from '../core/nearest.ts'
import { ConfigError } from './config-error.ts'
import { substituteEnvironment, type Environment, type LookUp } from './environment.ts'
import { findForeignSetting } from './foreign-settings.ts'
import { keystorePath } from './keystore.ts'
import { readYaml, type Entry } from './read-yaml.ts'
import { configSchema, type Config } from './schema.ts'
import { listSettings, type Setting } from './settings.ts'
import { openVariables, type Variables } from './variables.ts'

export interface ResolvedConfig {
  readonly config: Config
  /** What was read but changes nothing, one line each: worth a line in the log, no reason to stop. */
  readonly notes: readonly string[]
}

export interface LoadedConfig extends ResolvedConfig {
  /** What `${NAME}` stands for, in pipelines too. */
  readonly variables: Variables
}

export interface ConfigSources {
  /** The file's path and text; `undefined` for defaults only. */
  readonly file: { readonly path: string; readonly text: string } | undefined
  /** `key=value` each, as `--set` has them: stronger than the file. */
  readonly overrides: readonly string[]
  /** What `${NAME}` stands for. */
  readonly lookUp: LookUp
  /** Folder that relative paths outside a file start at. */
  readonly folder: string
}

/** The file that is read when none is named, if there is one. */
const DEFAULT_FILE = 'elkhorn.yml'

/**
 * Reads `path`, or `elkhorn.yml` of the folder where there is one.
 *
 * @throws ConfigError
 */
export async function loadConfig(
  path: string | undefined,
  { environment, ...given }: Omit<ConfigSources, 'file' | 'lookUp'> & { readonly environment: Environment },
): Promise<LoadedConfig> {
  const variables = await openVariables(keystorePath(path, given.folder), environment)
  const sources = { ...given, lookUp: variables.lookUp }
  const resolved = resolve(sources.folder, path ?? DEFAULT_FILE)
  const loaded = ({ config, notes }: ResolvedConfig) => ({ config, notes: [...notes, ...variables.notes], variables })
  let text: string
  try {
    text = await readFile(resolved, 'utf8')
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException
    if (code === 'ENOENT' && path === undefined) return loaded(resolveConfig({ ...sources, file: undefined }))
    throw new ConfigError([
      `cannot read config file [${resolved}]: ${code === 'ENOENT' ? 'no such file' : String(code ?? error)}`,
    ])
  }
  return loaded(resolveConfig({ ...sources, file: { path: resolved, text } }))
}

/** @throws ConfigError with every problem that was found, not only the first */
export function resolveConfig({ file, overrides, lookUp, folder }: ConfigSources): ResolvedConfig {
  const problems: string[] = []
  const notes: string[] = []
  const settings = new Map(listSettings().map((setting) => [setting.key, setting]))
  const values: Record<string, unknown> = {}

  const assign = (entry: Entry, base: string): void => {
    const value = expand(entry, lookUp, problems)
    const found = findSetting(entry.key, value, settings)
    if (!found) {
      problems.push(unknownKey(entry, settings))
    } else if (found.treat === 'note') {
      notes.push(`${entry.place}: [${entry.key}] is not applicable: ${found.why}`)
    } else if (found.treat === 'refuse') {
      problems.push(`${entry.place}: [${entry.key}: ${String(value)}]: ${found.why}`)
    } else {
      store(values, found.setting, found.name, entry, value, base, problems)
    }
  }
  if (file) for (const entry of readYaml(file.text, file.path, problems)) assign(entry, dirname(file.path))
  for (const override of overrides) {
    const entry = parseOverride(override)
    if (entry) assign(entry, folder)
    else problems.push(`--set ${override}: expected key=value such as [api.port=9201]`)
  }
  if (problems.length > 0) throw new ConfigError(problems)
  const config = configSchema.parse(completed(values, folder))
  const odd = contradictions(config)
  if (odd.length > 0) throw new ConfigError(odd)
  return { config, notes }
}

function parseOverride(text: string): Entry | undefined {
  const equals = text.indexOf('=')
  if (equals < 1) return undefined
  return { key: text.slice(0, equals).trim(), value: text.slice(equals + 1), place: '--set' }
}

/** Variables in texts and in lists of texts. */
function expand(entry: Entry, lookUp: LookUp, problems: string[]): unknown {
  const missing = (name: string): void => {
    problems.push(
      `${entry.place}: [${entry.key}]: environment variable [${name}] is not set; \${${name}:default} gives a default`,
    )
  }
  const one = (value: unknown): unknown => (typeof value === 'string' ? substituteEnvironment(value, lookUp, missing) : value)
  return Array.isArray(entry.value) ? entry.value.map(one) : one(entry.value)
}

type Found =
  | { readonly treat: 'ours'; readonly setting: Setting; readonly name: string | undefined }
  | { readonly treat: 'note'; readonly why: string }
  | { readonly treat: 'refuse'; readonly why: string }

/** Our own key, one below a key whose names the user chooses (`node.attr.rack`), or somebody else's. */
function findSetting(key: string, value: unknown, settings: ReadonlyMap<string, Setting>): Found | undefined {
  const own = settings.get(key)
  if (own) return { treat: 'ours', setting: own, name: undefined }
  for (let at = key.lastIndexOf('.'); at > 0; at = key.lastIndexOf('.', at - 1)) {
    const group = settings.get(key.slice(0, at))
    if (group?.kind === 'names and values') return { treat: 'ours', setting: group, name: key.slice(at + 1) }
  }
  const foreign = findForeignSetting(key, value)
  if (foreign?.treat === 'alias') return findSetting(foreign.of, value, settings)
  return foreign
}

function unknownKey(entry: Entry, settings: ReadonlyMap<string, Setting>): string {
  const near = nearestName(entry.key, settings.keys())
  const hint = near ? `did you mean [${near}]?` : 'docs/reference/config.md lists all keys'
  return `${entry.place}: unknown key [${entry.key}]; ${hint}`
}

function store(
  values: Record<string, unknown>,
  setting: Setting,
  name: string | undefined,
  entry: Entry,
  value: unknown,
  base: string,
  problems: string[],
): void {
  const given = name === undefined ? value : { [name]: value }
  if (given === null) return // a key without a value is its default
  const result = setting.schema.safeParse(given)
  if (!result.success) {
    problems.push(`${entry.place}: [${entry.key}: ${shown(value)}]: ${problemOf(result.error, setting)}`)
    return
  }
  const parsed = setting.kind === 'path' || setting.kind === 'paths' ? absolute(result.data, base) : result.data
  values[setting.key] =
    name === undefined ? raw(setting, given, parsed) : { ...(values[setting.key] as object | undefined), [name]: value }
}

/** What the schema will read once more when the whole tree is put together: paths as resolved, the rest as given. */
const raw = (setting: Setting, given: unknown, parsed: unknown): unknown =>
  setting.kind === 'path' || setting.kind === 'paths' ? parsed : given

const absolute = (value: unknown, base: string): unknown =>
  Array.isArray(value)
    ? value.map((one) => absolute(one, base))
    : typeof value === 'string' && !isAbsolute(value)
      ? resolve(base, value)
      : value

const shown = (value: unknown): string => (typeof value === 'string' ? value : (JSON.stringify(value) ?? ''))

function problemOf(error: z.ZodError, setting: Setting): string {
  const [issue] = error.issues
  const message = issue?.message ?? 'not valid'
  if (setting.kind === 'choice') return `expected one of ${setting.choices.map((one) => `[${one}]`).join(', ')}`
  return `expected a ${setting.kind}: ${message.charAt(0).toLowerCase()}${message.slice(1)}`
}

/** The nested tree that the schema reads, with every section present so that its defaults apply. */
function completed(values: Readonly<Record<string, unknown>>, folder: string): unknown {
  const tree: Record<string, unknown> = {}
  for (const setting of listSettings()) {
    const steps = setting.key.split('.')
    const last = steps.pop() ?? setting.key
    let at = tree
    for (const step of steps) at = (at[step] ??= {}) as Record<string, unknown>
    const value = values[setting.key] ?? (setting.kind === 'path' ? setting.defaultText : undefined)
    if (value !== undefined) at[last] = setting.kind === 'path' ? absolute(value, folder) : value
  }
  return tree
}

function contradictions({ tls }: Config): string[] {
  if ((tls.certificate === undefined) === (tls.key === undefined)) return []
  return [`[tls.certificate] and [tls.key] go together; [${tls.certificate ? 'tls.key' : 'tls.certificate'}] is missing`]
}
