import { z } from 'zod'
import { addTag, type Event, type FieldValue } from '../../../core/event.ts'
import { fieldText } from '../../../core/event-json.ts'
import { fieldPath, type FieldPath } from '../../../core/field-path.ts'
import { textToFloat, textToInteger } from '../../../script/ruby-numbers.ts'
import type { RubyMatch } from '../../../script/regexp/ruby-regexp.ts'
import { needsTimeLimit, REGEXP_LIMIT_MS, TimeLimit, TimeLimitError } from '../../../script/regexp/time-limit.ts'
import { globToRegExp } from '../../glob.ts'
import { choice, flag, ignored, integer, list, listHash, text, textHash } from '../../options.ts'
import { defineFilter, type FilterResult } from '../../plugin.ts'
import { compileGrok, endsWithLazyData, type GrokCapture, GrokPatternError } from './grok-expression.ts'
import { loadPatterns, type PatternLibrary } from './pattern-library.ts'

const config = z.strictObject({
  match: listHash().default({}).describe('For each field the expressions it is matched against, in order.'),
  pattern: list().default([]).describe('Older form of `match`: expressions that `message` is matched against.'),
  singles: ignored('a field that is captured once is no list'),
  drop_if_match: flag().default(false).describe('Older option: drops events that match.'),
  pattern_definitions: textHash().default({}).describe('Patterns for this filter alone: names and expressions.'),
  patterns_dir: list().default([]).describe('Folders or files of further patterns: lines of a name and an expression.'),
  patterns_files_glob: text().default('*').describe('Which files of those folders are read.'),
  break_on_match: flag().default(true).describe('Stops at the first expression that matches.'),
  named_captures_only: flag()
    .default(true)
    .describe('Only captures with a field name are kept; else `%{WORD}` is captured as `WORD`.'),
  keep_empty_captures: flag().default(false).describe('Keeps captures of empty text as fields.'),
  overwrite: list().default([]).describe('Fields that are replaced. Others become lists when they exist.'),
  target: text().optional().describe('Field under which captures are put.'),
  tag_on_failure: list().default(['_grokparsefailure']).describe('Tags of events that no expression matches.'),
  tag_on_timeout: text().default('_groktimeout').describe('Tag of events whose matching took too long.'),
  timeout_millis: integer({ min: 0 })
    .default(REGEXP_LIMIT_MS)
    .describe('Longest time for matching one event. More than 250 counts as 250.'),
  timeout_scope: ignored('the time limit is for the event'),
  ecs_compatibility: choice('disabled', 'v1', 'v8').optional().describe('Which field names the core patterns use.'),
})

/** One expression for one field. */
interface Rule {
  readonly path: FieldPath
  readonly search: (text: string) => RubyMatch | undefined
  readonly needsLimit: (text: string) => boolean
  readonly captures: readonly CompiledCapture[]
}

interface CompiledCapture extends GrokCapture {
  readonly path: FieldPath
  readonly overwrite: boolean
}

interface Match {
  readonly rule: Rule
  readonly match: RubyMatch
}

/** What matching found; nothing is changed yet. */
type Finding = readonly Match[] | 'timeout'

const NOTHING: readonly Match[] = []

export const grok = defineFilter({
  name: 'grok',
  summary: 'Takes fields out of text with named patterns.',
  config,
  examples: [
    {
      title: 'A line of a log',
      config: { match: { message: '%{LOGLEVEL:level} %{NUMBER:seconds:float} %{GREEDYDATA:text}' }, overwrite: ['message'] },
      in: { message: 'WARN 0.5 pump is slow' },
      out: { message: 'WARN 0.5 pump is slow', level: 'WARN', seconds: 0.5, text: 'pump is slow' },
    },
    {
      title: 'No expression matches',
      config: { match: { message: ['^%{INT:code}$', '^%{WORD:word}$'] } },
      in: { message: 'two words' },
      out: { message: 'two words', tags: ['_grokparsefailure'] },
    },
    {
      title: 'A pattern of its own',
      config: { match: { message: '%{PART:[machine][part]}' }, pattern_definitions: { PART: '[A-Z]{2}-\\d+' } },
      in: { message: 'replaced AB-12' },
      out: { message: 'replaced AB-12', machine: { part: 'AB-12' } },
    },
  ],
  create(options, context) {
    const { break_on_match: breakOnMatch, keep_empty_captures: keepEmpty } = options
    const limit = new TimeLimit()
    const limitMs = Math.min(options.timeout_millis === 0 ? REGEXP_LIMIT_MS : options.timeout_millis, REGEXP_LIMIT_MS)
    let fields: readonly { readonly path: FieldPath; readonly rules: readonly Rule[] }[] = []

    const compileRule = (field: string, source: string, library: PatternLibrary): Rule => {
      const tail = context.lenient && endsWithLazyData(source) ? (source.includes('/') ? '[^/\\n]*' : '.*') : undefined
      if (tail !== undefined) {
        context.warn('W-GROK-TAIL', `grok expression [${source}]: a %{DATA} at the end, which captures nothing, takes the rest`)
      }
      const { regexp, captures } = compileGrok(source, library, {
        captureUnnamed: !options.named_captures_only,
        ...(tail === undefined ? {} : { tail }),
      })
      return {
        path: fieldPath(field),
        search: (input) => regexp.search(input, 0),
        needsLimit: (input) => needsTimeLimit(regexp.analysis, input),
        captures: captures.map((capture) => ({
          ...capture,
          path: fieldPath(options.target === undefined ? capture.field : within(options.target, capture.field)),
          overwrite: options.overwrite.includes(capture.field),
        })),
      }
    }

    /** None where a pattern is not defined, which may stand in a file that is not here: the other expressions still work. */
    const definedRule = (field: string, source: string, library: PatternLibrary, missing: readonly string[]): readonly Rule[] => {
      try {
        return [compileRule(field, source, library)]
      } catch (error) {
        if (!(error instanceof GrokPatternError) || error.missing === undefined) throw error
        const reason = missing.length === 0 ? error.message : `${error.message}, and there is no [${missing.join('], [')}]`
        if (!context.lenient) throw new GrokPatternError(reason)
        context.warn('W-GROK-PATTERN', `grok expression [${source}] is left out: ${reason}`)
        return []
      }
    }

    const find = (event: Event): Finding => {
      let found = NOTHING
      for (const { path, rules } of fields) {
        const value = path.get(event)
        if (value === undefined || value === null) continue
        if (Array.isArray(value)) for (const input of value) found = findIn(fieldText(input), rules, found)
        else found = findIn(fieldText(value), rules, found)
        if (found !== NOTHING && breakOnMatch) break
      }
      return found
    }

    /** What matches a line, behind what was found before. Nearly all lines match one rule. */
    const findIn = (line: string, rules: readonly Rule[], before: readonly Match[]): readonly Match[] => {
      let found = before
      for (const rule of rules) {
        const match = rule.search(line)
        if (match === undefined) continue
        found = found === NOTHING ? [{ rule, match }] : [...found, { rule, match }]
        if (breakOnMatch) break
      }
      return found
    }

    const needsLimit = (event: Event): boolean => {
      for (const { path, rules } of fields) {
        const value = path.get(event)
        if (typeof value === 'string') {
          if (isCostly(value, rules)) return true
        } else if (Array.isArray(value) && value.some((input) => isCostly(fieldText(input), rules))) return true
      }
      return false
    }

    /** One watch over the whole batch; when it takes too long, one over each event. */
    const findAll = (events: readonly Event[]): readonly Finding[] => {
      if (!events.some(needsLimit)) return events.map(find)
      try {
        return limit.runPure(limitMs, () => events.map(find))
      } catch (error) {
        if (!(error instanceof TimeLimitError)) throw error
      }
      return events.map((event) => {
        if (!needsLimit(event)) return find(event)
        try {
          return limit.runPure(limitMs, () => find(event))
        } catch (error) {
          if (!(error instanceof TimeLimitError)) throw error
          return 'timeout'
        }
      })
    }

    const apply = (event: Event, finding: Finding): FilterResult => {
      if (finding === 'timeout') {
        context.log.warn({ limit_ms: limitMs }, 'matching an event took too long')
        addTag(event, options.tag_on_timeout)
        return 'unmatched'
      }
      if (finding.length === 0) {
        if (options.tag_on_failure.length > 0) addTag(event, ...options.tag_on_failure)
        return 'unmatched'
      }
      for (const { rule, match } of finding) {
        for (const capture of rule.captures) {
          const captured = match.groups[capture.group]
          if (captured === undefined || (captured === '' && !keepEmpty)) continue
          setCapture(event, capture, captured)
        }
      }
      return options.drop_if_match ? 'cancelled' : 'matched'
    }

    return {
      async open() {
        const { library, missing } = await loadPatterns({
          ecs: (options.ecs_compatibility ?? context.ecs) !== 'disabled',
          folders: options.patterns_dir,
          files: globToRegExp(options.patterns_files_glob),
        })
        for (const folder of missing) context.log.warn({ folder }, 'there are no patterns at this place')
        for (const [name, pattern] of Object.entries(options.pattern_definitions)) library.set(name, pattern)
        // A field that is there already keeps its place: fields are matched in the order that they are written in.
        const match =
          options.pattern.length === 0
            ? options.match
            : { ...options.match, message: [...(options.match['message'] ?? []), ...options.pattern] }
        fields = Object.entries(match).map(([field, sources]) => ({
          path: fieldPath(field),
          rules: sources.flatMap((source) => definedRule(field, source, library, missing)),
        }))
      },
      processBatch(events) {
        const findings = findAll(events)
        return events.map((event, index) => apply(event, findings[index] ?? []))
      },
    }
  },
})

function isCostly(line: string, rules: readonly Rule[]): boolean {
  for (const rule of rules) if (rule.needsLimit(line)) return true
  return false
}

function setCapture(event: Event, capture: CompiledCapture, captured: string): void {
  const value: FieldValue =
    capture.type === 'string' ? captured : capture.type === 'int' ? textToInteger(captured) : textToFloat(captured)
  const before = capture.overwrite ? undefined : capture.path.get(event)
  if (before === undefined || before === null) capture.path.set(event, value)
  else if (Array.isArray(before)) before.push(value)
  else capture.path.set(event, [before, value])
}

/** A field below another: `target` and `[a][b]` make `[target][a][b]`. */
function within(target: string, field: string): string {
  const outer = target.startsWith('[') ? target : `[${target}]`
  return outer + (field.startsWith('[') ? field : `[${field}]`)
}
