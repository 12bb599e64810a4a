import { readFile } from 'node:fs/promises'
import { createRequire } from 'node:module'
import { parse as parseYaml } from 'yaml'

/** What a `User-Agent` header says, by the expressions of uap-core (Apache-2.0), as Logstash and Elasticsearch read it. */
export interface UserAgent {
  readonly name: string
  readonly version: Version
  readonly os: { readonly name: string; readonly version: Version } | undefined
  readonly device: string
}

/** Major, minor, patch and build, as far as they are known. */
export type Version = readonly string[]

export type UserAgentParser = (text: string) => UserAgent

/** Longest header that is looked at: expressions and headers are both from others. */
const MAX_LENGTH = 2048

interface Rule {
  readonly expression: RegExp
  readonly replacements: readonly (string | undefined)[]
}

interface WrittenRule {
  readonly regex: string
  readonly regex_flag?: string
  readonly [replacement: string]: string | undefined
}

interface WrittenRules {
  readonly user_agent_parsers?: readonly WrittenRule[]
  readonly os_parsers?: readonly WrittenRule[]
  readonly device_parsers?: readonly WrittenRule[]
}

let usual: Promise<UserAgentParser> | undefined

/** The expressions that come along, or those of a file of the same form. @throws Error when the file cannot be read */
export async function loadUserAgents(file?: string): Promise<UserAgentParser> {
  if (file !== undefined) return compileUserAgents(await readFile(file, 'utf8'))
  usual ??= readFile(createRequire(import.meta.url).resolve('uap-core/regexes.yaml'), 'utf8').then(compileUserAgents)
  return usual
}

function compileUserAgents(text: string): UserAgentParser {
  const written = readPlainRules(text) ?? (parseYaml(text) as WrittenRules)
  const agents = compileRules(written.user_agent_parsers, [
    'family_replacement',
    'v1_replacement',
    'v2_replacement',
    'v3_replacement',
    'v4_replacement',
  ])
  const systems = compileRules(written.os_parsers, [
    'os_replacement',
    'os_v1_replacement',
    'os_v2_replacement',
    'os_v3_replacement',
    'os_v4_replacement',
  ])
  const devices = compileRules(written.device_parsers, ['device_replacement'])
  return (full) => {
    const header = full.slice(0, MAX_LENGTH)
    const [name, ...version] = find(agents, header) ?? ['Other']
    const os = find(systems, header)
    return {
      name: name ?? 'Other',
      version: known(version),
      os: os === undefined ? undefined : { name: os[0] ?? 'Other', version: known(os.slice(1)) },
      device: find(devices, header)?.[0] ?? 'Other',
    }
  }
}

/**
 * Reads rules that are written as uap-core writes them: one value a line, in single quotes. YAML's own parser takes 300 ms
 * for its 5,900 lines, which every start would wait for. `undefined` for anything else.
 */
export function readPlainRules(text: string): WrittenRules | undefined {
  const lists: Record<string, WrittenRule[]> = {}
  let list: WrittenRule[] | undefined
  let rule: Record<string, string> | undefined
  for (const line of text.split('\n')) {
    const [, indent, name, quoted] = PLAIN_LINE.exec(line) ?? []
    if (indent === undefined || name === undefined) {
      if (/^\s*(?:#.*)?$/.test(line)) continue
      return undefined
    }
    const value = quoted?.replaceAll("''", "'")
    if (indent === '' && value === undefined) list = lists[name] = []
    else if (indent === '  - ' && name === 'regex' && value !== undefined && list !== undefined)
      list.push((rule = { regex: value }))
    else if (indent === '    ' && value !== undefined && rule !== undefined) rule[name] = value
    else return undefined
  }
  return lists
}

/** `name:` alone, or with a value in single quotes, in which a quote stands twice. */
const PLAIN_LINE = /^( {2}- | {4}|)(\w+):(?: '((?:[^']|'')*)')?\s*$/

const known = (version: readonly (string | undefined)[]): string[] => {
  const end = version.findIndex((part) => part === undefined || part === '')
  return (end < 0 ? version : version.slice(0, end)) as string[]
}

function compileRules(rules: readonly WrittenRule[] | undefined, names: readonly string[]): readonly (() => Rule)[] {
  // 1,270 expressions: each is compiled when it is first tried.
  return (rules ?? []).map((rule) => {
    let compiled: Rule | undefined
    return () =>
      (compiled ??= { expression: new RegExp(rule.regex, rule.regex_flag ?? ''), replacements: names.map((name) => rule[name]) })
  })
}

function find(rules: readonly (() => Rule)[], header: string): (string | undefined)[] | undefined {
  for (const rule of rules) {
    const { expression, replacements } = rule()
    const match = expression.exec(header)
    if (match !== null) return replacements.map((replacement, place) => fill(replacement, match) ?? match[place + 1])
  }
  return undefined
}

function fill(replacement: string | undefined, match: RegExpExecArray): string | undefined {
  return replacement?.replaceAll(/\$(\d)/g, (_whole, group: string) => match[Number(group)] ?? '').trim()
}
