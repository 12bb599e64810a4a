import { readFile } from 'node:fs/promises'
import { z } from 'zod'
import { addTag, type Event, type FieldValue } from '../../../core/event.ts'
import { fieldText, parseEventJson, toFieldValue } from '../../../core/event-json.ts'
import { fieldPath, type FieldPath } from '../../../core/field-path.ts'
import { compileTemplate, type Template } from '../../../script/sprintf.ts'
import { ecsCompatibility } from '../../ecs-option.ts'
import { MissingFileError } from '../../missing-file.ts'
import { javaStore, javaTlsOptions } from '../../java-tls.ts'
import { choice, flag, ignored, integer, list, password, path, refused, text, textHash } from '../../options.ts'
import { defineFilter } from '../../plugin.ts'
import { openLookup, type Lookup, type SearchAnswer } from './lookup.ts'
import { Trouble } from '../../trouble.ts'

const FIELDS_KIND = { option: 'hash' } as const

/** Names of fields to copy: pairs, a list of names that stay the same, or a list of pairs. */
const copied = () =>
  z
    .preprocess((raw) => {
      if (!Array.isArray(raw)) return raw
      const pairs = raw.every(Array.isArray) ? (raw as unknown[][]) : raw.map((name) => [name, name])
      return Object.fromEntries(pairs.map(([from, to]) => [String(from), String(to)]))
    }, textHash())
    .default({})
    .meta(FIELDS_KIND)

const config = z.strictObject({
  hosts: list().default(['localhost:9200']).describe('Clusters to ask. Names of this program mean its own store.'),
  index: text().default('').describe('Indices to search, with references.'),
  query: text().optional().describe('Query in the syntax of Lucene, with references such as `id:%{[device][id]}`.'),
  query_template: path().optional().describe('File with a search body in JSON, with references.'),
  query_type: choice('dsl').default('dsl').describe('Language of the query: ES|QL is not read.'),
  query_params: ignored('only queries of ES|QL have parameters'),
  target: text().optional().describe('Field within which all that is copied goes.'),
  sort: text().default('@timestamp:desc').describe('Which of several hits comes first.'),
  enable_sort: flag().default(true).describe('Whether hits are sorted.'),
  result_size: integer({ min: 1, max: 10_000 }).default(1).describe('How many hits are taken.'),
  fields: copied().describe('Fields of the hit and where they go.'),
  docinfo_fields: copied().describe('What is beside the document, such as `_id`, and where it goes.'),
  aggregation_fields: copied().describe('Aggregations of the template and where they go.'),
  user: text().optional().describe('User to ask as.'),
  password: password().optional().describe('Their password.'),
  api_key: password().optional().describe('API key instead, as `id:key` or encoded.'),
  ssl: flag().optional().meta({ option: 'boolean', aliasOf: 'ssl_enabled' }).describe('Older name of `ssl_enabled`.'),
  ssl_enabled: flag().default(false).describe('Whether hosts without a protocol are asked over TLS.'),
  ca_file: path().optional().meta({ option: 'path', aliasOf: 'ssl_certificate_authorities' }).describe('Older name.'),
  ssl_certificate_authorities: list().default([]).describe('Certificates that are trusted, as PEM files.'),
  ...javaTlsOptions,
  keystore: javaStore,
  keystore_password: javaStore,
  ssl_certificate: ignored('log in with a user or an API key'),
  ssl_key: ignored('log in with a user or an API key'),
  ca_trusted_fingerprint: ignored('name the authority in ssl_certificate_authorities'),
  cloud_id: text().optional().describe('Id of a deployment of Elastic Cloud, instead of hosts.'),
  cloud_auth: password().optional().describe('`user:password` for it.'),
  proxy: refused('requests through a proxy are not made'),
  ssl_verification_mode: text().default('full').describe('`none` takes any certificate.'),
  retry_on_failure: integer({ min: 0 }).default(0).describe('How often a search is tried again.'),
  retry_on_status: list().default(['500', '502', '503', '504']).describe('Statuses at which it is.'),
  custom_headers: textHash().default({}).describe('Headers that are sent along.'),
  tag_on_failure: list().default(['_elasticsearch_lookup_failure']).describe('Tags of events whose search failed.'),
  ecs_compatibility: ecsCompatibility(),
})

export type LookupConfig = z.output<typeof config>

export const elasticsearch = defineFilter({
  name: 'elasticsearch',
  summary: 'Copies fields of documents that were stored before.',
  config,
  examples: [
    {
      title: 'No store to ask',
      config: { index: 'devices', query: 'id:%{id}', fields: { owner: 'owner' } },
      in: { id: 7 },
      out: { id: 7, tags: ['_elasticsearch_lookup_failure'] },
    },
  ],
  create(options, context) {
    const index = compileTemplate(options.index)
    const query = options.query === undefined ? undefined : compileQuery(options.query, context.lenient)
    let body: Template | undefined
    let lookup: Lookup | undefined
    const trouble = new Trouble(context.log)
    return {
      async open() {
        if (options.query_template !== undefined) {
          const file = options.query_template
          body = compileTemplate(
            await readFile(file, 'utf8').catch((error: unknown) => Promise.reject(new MissingFileError(file, error))),
          )
        }
        lookup = await openLookup(options, context)
      },
      processBatch: (events) =>
        Promise.all(
          events.map(async (event) => {
            try {
              const search = body === undefined ? queryBody(options, query?.(event)) : templateBody(body.print(event))
              const answer = await lookup?.search(index.print(event) || '_all', search)
              trouble.works()
              return answer !== undefined && copy(event, answer, options) ? 'matched' : 'unmatched'
            } catch (error) {
              trouble.tell('lookup failed', error)
              addTag(event, ...options.tag_on_failure)
              return 'unmatched'
            }
          }),
        ),
    }
  },
})

function queryBody({ sort, enable_sort: sorted, result_size: size }: LookupConfig, query: string | undefined): object {
  return {
    size,
    query: query === undefined ? { match_all: {} } : { query_string: { query } },
    ...(sorted && { sort: sort.split(',').map((part) => sortOf(part.trim())) }),
  }
}

function sortOf(written: string): object {
  const colon = written.lastIndexOf(':')
  const [field, order] = colon < 0 ? [written, 'asc'] : [written.slice(0, colon), written.slice(colon + 1)]
  return { [field]: { order, unmapped_type: 'date' } }
}

function templateBody(written: string): object {
  return JSON.parse(written) as object
}

/** A value with a colon or a space (an IPv6 address, a name) is one word of the query, as whoever wrote it meant. */
function compileQuery(written: string, lenient: boolean): (event: Event) => string {
  const parts = written.split(/(%\{(?:\[[^\]]*\])+\}|%\{[^}]*\})/)
  const templates = parts.map((part, i) => ({
    template: compileTemplate(part),
    reference: i % 2 === 1,
    quoted: (parts[i - 1] ?? '').endsWith('"'),
  }))
  return (event) =>
    templates
      .map(({ template, reference, quoted }) => {
        const value = template.print(event)
        const plain = !reference || quoted || !lenient || value === template.text || !/[:\s/]/.test(value)
        return plain ? value : `"${value.replaceAll(/["\\]/g, '\\$&')}"`
      })
      .join('')
}

/** Answers whether something was found. */
function copy(event: Event, answer: SearchAnswer, options: LookupConfig): boolean {
  const hits = answer.hits?.hits ?? []
  const { target } = options
  const place = (to: string): FieldPath =>
    fieldPath(target === undefined ? to : `[${target.replace(/^\[|\]$/g, '')}]${to.startsWith('[') ? to : `[${to}]`}`)
  const put = (to: string, values: readonly FieldValue[]): void => {
    const present = values.filter((value) => value !== null)
    if (present.length > 0) place(to).set(event, present.length === 1 ? (present[0] ?? null) : present)
  }
  for (const [from, to] of Object.entries(options.fields)) {
    const source = fieldPath(from)
    put(
      to,
      hits.map((hit) => source.get({ ...event, fields: toFieldValue(hit._source ?? {}) as Event['fields'] }) ?? null),
    )
  }
  for (const [from, to] of Object.entries(options.docinfo_fields))
    put(
      to,
      hits.map((hit) => toFieldValue(hit[from] ?? null)),
    )
  for (const [from, to] of Object.entries(options.aggregation_fields)) {
    const aggregation = answer.aggregations?.[from]
    if (aggregation !== undefined) place(to).set(event, parseEventJson(JSON.stringify(aggregation)))
  }
  return hits.length > 0 || fieldText(toFieldValue(answer.aggregations ?? '')) !== ''
}
