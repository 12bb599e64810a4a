import { extname } from 'node:path'
import { z } from 'zod'
import { parse as parseYaml } from 'yaml'
import { isFields, type Event, type FieldValue } from '../../core/event.ts'
import { fieldText, toFieldValue } from '../../core/event-json.ts'
import { fieldPath } from '../../core/field-path.ts'
import { compileRubyRegexp } from '../../script/regexp/ruby-regexp.ts'
import { boundedSearch, TimeLimit } from '../../script/regexp/time-limit.ts'
import { compileTemplate } from '../../script/sprintf.ts'
import { ecsCompatibility } from '../ecs-option.ts'
import { readTextFile } from '../missing-file.ts'
import { choice, duration, flag, hash, ignored, path, text } from '../options.ts'
import { parseCsvLine } from '../parsing/csv.ts'
import { defineFilter } from '../plugin.ts'
import { ReloadedFile } from '../reloaded-file.ts'

const config = z.strictObject({
  source: text().describe('Field whose value is looked up.'),
  field: text().optional().meta({ option: 'text', aliasOf: 'source' }).describe('The older name of `source`.'),
  target: text().optional().describe('Field that gets what was found. With ECS names the source itself, else `translation`.'),
  destination: text().optional().meta({ option: 'text', aliasOf: 'target' }).describe('The older name of `target`.'),
  dictionary: hash().default({}).describe('Values and what they become.'),
  dictionary_path: path().optional().describe('File with the dictionary instead: YAML, JSON or CSV, by its ending.'),
  refresh_interval: duration().default(300_000).describe('How often the file is looked at again. 0: never.'),
  refresh_behaviour: choice('merge', 'replace').default('merge').describe('Whether entries that left the file are kept.'),
  yaml_dictionary_code_point_limit: ignored('files are read as they are'),
  exact: flag().default(true).describe('Whether the whole value must be an entry. If not, parts of it are replaced.'),
  regex: flag().default(false).describe('Whether entries are regular expressions.'),
  override: flag().optional().describe('Whether a target that is there is replaced. When the target is the source, yes.'),
  fallback: text().optional().describe('What the target gets when nothing was found. May hold references.'),
  iterate_on: text().optional().describe('A list whose elements are looked up each; of objects, their field `source`.'),
  ecs_compatibility: ecsCompatibility(),
})

type Dictionary = ReadonlyMap<string, FieldValue>
type LookUp = (written: string) => FieldValue | undefined

export const translate = defineFilter({
  name: 'translate',
  summary: 'Replaces values by what a dictionary says.',
  config,
  examples: [
    {
      title: 'Codes',
      config: { source: 'code', target: 'state', dictionary: { 0: 'running', 1: 'stopped' }, fallback: 'unknown %{code}' },
      in: { code: 1 },
      out: { code: 1, state: 'stopped' },
    },
    {
      title: 'Nothing found',
      config: { source: 'code', target: 'state', dictionary: { 0: 'running' }, fallback: 'unknown %{code}' },
      in: { code: 7 },
      out: { code: 7, state: 'unknown 7' },
    },
    {
      title: 'Regular expressions',
      config: { source: 'status', target: 'class', regex: true, dictionary: { '^2\\d\\d$': 'OK', '^5\\d\\d$': 'error' } },
      in: { status: 503 },
      out: { status: 503, class: 'error' },
    },
    {
      title: 'Each of a list',
      config: { iterate_on: 'parts', source: 'id', target: 'name', dictionary: { a: 'Axle' } },
      in: { parts: [{ id: 'a' }, { id: 'b' }] },
      out: { parts: [{ id: 'a', name: 'Axle' }, { id: 'b' }] },
    },
  ],
  create(options, context) {
    const { source } = options
    const ecs = options.ecs_compatibility ?? context.ecs
    const target = options.target ?? (ecs === 'disabled' ? 'translation' : source)
    const override = options.override ?? target === source
    const from = fieldPath(source)
    const to = fieldPath(target)
    const list = options.iterate_on === undefined ? undefined : fieldPath(options.iterate_on)
    const fallback = options.fallback === undefined ? undefined : compileTemplate(options.fallback)
    const limit = new TimeLimit()
    const compile = (dictionary: Dictionary): LookUp => compileLookUp(dictionary, options, limit)
    let known = new Map(Object.entries(options.dictionary))
    const file =
      options.dictionary_path === undefined
        ? undefined
        : new ReloadedFile(options.dictionary_path, options.refresh_interval, context.clock, context.log, async (name) => {
            const read = await readDictionary(name)
            known = options.refresh_behaviour === 'merge' ? new Map([...known, ...read]) : read
            return compile(known)
          })
    const inline = compile(known)
    const translateOne = (event: Event, of: Event): boolean => {
      const value = from.get(of)
      if (value === undefined || value === null || (!override && to.has(of))) return false
      const look = file?.value ?? inline
      const found = look(fieldText(Array.isArray(value) ? (value[0] ?? null) : value)) ?? fallback?.print(event)
      if (found === undefined) return false
      to.set(of, found)
      return true
    }
    return {
      open: async () => file?.open(),
      process(event) {
        if (list === undefined) return translateOne(event, event) ? 'matched' : 'unmatched'
        const elements = list.get(event)
        if (!Array.isArray(elements)) return 'unmatched'
        const changed = elements.map((element) =>
          isFields(element) ? translateOne(event, { ...event, fields: element }) : false,
        )
        return changed.includes(true) ? 'matched' : 'unmatched'
      },
    }
  },
})

function compileLookUp(dictionary: Dictionary, { exact, regex }: z.output<typeof config>, limit: TimeLimit): LookUp {
  if (!regex) {
    if (exact) return (written) => dictionary.get(written)
    return (written) => {
      let changed = written
      for (const [key, value] of dictionary) changed = changed.replaceAll(key, () => fieldText(value))
      return changed === written ? undefined : changed
    }
  }
  const rules = [...dictionary].map(([key, value]) => ({ search: boundedSearch(compileRubyRegexp(key), limit), value }))
  return (written) => {
    for (const { search, value } of rules) {
      const match = search(written, 0)
      if (match === undefined) continue
      return exact ? value : written.slice(0, match.index) + fieldText(value) + written.slice(match.end)
    }
    return undefined
  }
}

/** @throws Error that names the file and what is wrong with it */
async function readDictionary(file: string): Promise<Map<string, FieldValue>> {
  const written = await readTextFile(file)
  const kind = extname(file).toLowerCase()
  if (kind === '.csv') {
    const rows = written
      .split(/\r?\n/)
      .filter((row) => row.trim() !== '')
      .map((row) => parseCsvLine(row, { separator: ',', quote: '"' }))
    return new Map(rows.map(([key, value]) => [key ?? '', value ?? '']))
  }
  const read: unknown = kind === '.json' ? JSON.parse(written) : parseYaml(written)
  if (typeof read !== 'object' || read === null || Array.isArray(read))
    throw new Error(`the dictionary [${file}] must be an object of values and what they become`)
  return new Map(Object.entries(read).map(([key, value]) => [key, toFieldValue(value)]))
}
