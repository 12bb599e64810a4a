import { z } from 'zod'
import { addTag, cloneFields, type Event, type Fields } from '../../core/event.ts'
import { printValue } from '../../core/event-json.ts'
import { fieldPath } from '../../core/field-path.ts'
import { AnswerCache } from '../answer-cache.ts'
import type { Database } from '../database/database.ts'
import { compileEventValue } from '../database/event-value.ts'
import { databaseOpener, databaseOptions } from '../database/options.ts'
import { rowFields } from '../database/rows.ts'
import { bind, namedStatement, positionalStatement, type SqlValue } from '../database/statement.ts'
import { ecsCompatibility } from '../ecs-option.ts'
import { flag, hash, ignored, integer, list, number, text, textHash } from '../options.ts'
import { defineFilter, type FilterResult } from '../plugin.ts'
import { Trouble } from '../trouble.ts'

const config = z.strictObject({
  prepared_statement_warn_on_constant_usage: ignored('texts without brackets are taken for what they are'),
  ...databaseOptions,
  statement: text().describe('What is asked for each event. `:name` is a parameter.'),
  parameters: textHash()
    .default({})
    .describe('Names in the statement, and the field, or the text with references, that each stands for.'),
  use_prepared_statements: flag()
    .default(false)
    .describe('Whether values stand for question marks, see `prepared_statement_bind_values`.'),
  target: text().describe('Field that gets the list of rows.'),
  default_hash: hash().default({}).describe('What stands for a row when there is none.'),
  tag_on_failure: list().default(['_jdbcstreamingfailure']).describe('Tags of events whose statement failed.'),
  tag_on_default_use: list().default(['_jdbcstreamingdefaultused']).describe('Tags of events for which there is no row.'),
  use_cache: flag().default(true).describe('Whether answers are remembered.'),
  cache_size: integer({ min: 1 }).default(500).describe('How many are.'),
  cache_expiration: number({ min: 0 }).default(5).describe('Seconds for which they are.'),
  ecs_compatibility: ecsCompatibility(),
})

export const jdbcStreaming = defineFilter({
  name: 'jdbc_streaming',
  summary: 'Asks a database (PostgreSQL, MySQL, MariaDB, SQL Server) about each event.',
  config,
  examples: [
    {
      title: 'A database that is not there',
      config: {
        jdbc_connection_string: 'jdbc:postgresql://127.0.0.1:1/shop',
        statement: 'SELECT * FROM customers WHERE id = :id',
        parameters: { id: '[customer][id]' },
        target: 'customer_record',
        default_hash: { name: 'unknown' },
      },
      in: { customer: { id: 7 } },
      out: { customer: { id: 7 }, customer_record: [{ name: 'unknown' }], tags: ['_jdbcstreamingfailure'] },
    },
  ],
  create(options, { clock, log }) {
    const opener = databaseOpener('jdbc_streaming filter', options)
    const target = fieldPath(options.target)
    const template = options.use_prepared_statements
      ? positionalStatement(options.statement)
      : namedStatement(options.statement, new Set(Object.keys(options.parameters)))
    const valueOf = options.use_prepared_statements
      ? options.prepared_statement_bind_values.map(compileEventValue)
      : template.names.map((name) => compileEventValue(options.parameters[name] ?? ''))
    const remembered = new AnswerCache<readonly Fields[]>(
      clock,
      options.use_cache ? options.cache_size : 0,
      options.cache_expiration * 1000,
    )
    const trouble = new Trouble(log)
    let database: Database | undefined

    const ask = async (values: readonly SqlValue[]): Promise<readonly Fields[]> => {
      database ??= await opener.open()
      const rows: Fields[] = []
      for await (const batch of database.query(bind(template, (_, place) => values[place] ?? null)))
        rows.push(...rowFields(batch, true))
      trouble.works()
      return rows
    }
    const lookUp = async (event: Event): Promise<readonly Fields[]> => {
      const values = valueOf.map((value) => value(event))
      const key = values.map((value) => printValue(value)).join('\n')
      const known = remembered.get(key)
      if (known !== undefined) return known.answer
      const answer = await ask(values)
      remembered.set(key, answer)
      return answer
    }
    const enrich = async (event: Event): Promise<FilterResult> => {
      try {
        const rows = await lookUp(event)
        target.set(event, (rows.length === 0 ? [options.default_hash] : rows).map(cloneFields))
        if (rows.length > 0) return 'matched'
        addTag(event, ...options.tag_on_default_use)
        return 'matched'
      } catch (error) {
        trouble.tell('the database could not be asked', error)
        await database?.close().catch(() => undefined) // it may be closed already
        database = undefined
        target.set(event, [cloneFields(options.default_hash)])
        addTag(event, ...options.tag_on_failure)
        return 'unmatched'
      }
    }
    return {
      async processBatch(events) {
        const results: FilterResult[] = []
        for (const event of events) results.push(await enrich(event))
        return results
      },
      async close() {
        await database?.close()
      },
    }
  },
})
