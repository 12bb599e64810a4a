import { ElkhornError } from '../../../../core/errors.ts'
import type { Computation } from '../../../../query/computed/computation.ts'
import type { Expression } from '../../../../query/computed/expression.ts'
import type { Field } from '../../../../query/field.ts'
import { DATABASE, SEQ_NO, type StoredColumn, type TableLayout } from '../../layout.ts'
import { identifier, joinSql, sql, type Sql } from '../../sql.ts'
import { LONGITUDE, typeOf } from '../../tables/column-shape.ts'
import { singleValue } from '../aggs/field-input.ts'
import { valueTypeOf } from '../field-type.ts'
import type { EncodeId } from '../hits/page.ts'
import { and, type Condition, leaf, where } from '../query/condition.ts'
import type { Statements } from '../statement.ts'
import { compileExpression, followsFromMinute } from './compile-expression.ts'
import { documentChunks } from './document-chunks.ts'
import { eachDocument, fieldsRead, type ValuesWanted } from './load-values.ts'
import type { KnownScore, ScoredFields } from './scored-fields.ts'
import { COMPUTED_STORAGE, type ScratchLanes, ScratchTable } from './scratch-table.ts'

/** What the fields of one target are computed with. */
export interface ComputedContext {
  readonly layout: TableLayout
  /** All fields of the index: what a script may read that names its fields as it runs. */
  readonly fields: readonly Field[]
  /** The documents that scripts are run over. */
  readonly matches: Condition
  readonly statements: Statements
  readonly lanes: ScratchLanes
  readonly encodeId: EncodeId
  /** Documents of one search whose values scripts may compute outside of the engine. */
  readonly maxDocuments: number
}

/** A layout with columns for computed fields, and what was made for them. */
export interface ComputedLayout {
  readonly layout: TableLayout
  readonly scored: ScoredFields
  drop(): Promise<void>
}

/**
 * Gives computed fields columns: names that stand for an expression wherever a statement says them. A script that folds
 * to an expression costs what the expression costs; any other is run over the documents, and its values go to a scratch
 * table. So does one that folds, where the engine is in doubt about a document and the script is not.
 * @throws ElkhornError `script_exception` (400) where a script fails for a document; 429 for too many documents
 */
export async function computeColumns(wanted: Iterable<Field>, context: ComputedContext): Promise<ComputedLayout> {
  const columns = new Map<string, StoredColumn>()
  const scratch: ScratchTable[] = []
  const layout: TableLayout = { ...context.layout, column: (path) => columns.get(path) ?? context.layout.column(path) }
  const within = { ...context, layout }
  const waiting = new Set<Field>()
  const add = async (field: Field): Promise<void> => {
    const { computation } = field
    if (!computation || columns.has(field.path)) return
    for (const read of computation.reads ?? []) await add(read)
    if (computation.readsScore) {
      waiting.add(field)
      return
    }
    columns.set(
      field.path,
      (await foldedColumn(field, computation, within)) ?? (await scratchColumn(field, computation, within, scratch)),
    )
  }
  const drop = async (): Promise<void> => void (await Promise.all(scratch.map((table) => table.drop())))
  try {
    for (const field of wanted) await add(field)
  } catch (error) {
    await drop()
    throw error
  }
  const compute: ScoredFields['compute'] = async (field, score) => {
    const { computation } = field
    if (!computation || columns.has(field.path) || (await isPartOfScore(computation, within, score))) return
    columns.set(field.path, await scratchColumn(field, computation, within, scratch, score))
  }
  return { layout, scored: { waiting, compute }, drop }
}

/** Documents in doubt that scripts are tried on before all others. */
const TRIED_DOCUMENTS = 100

async function foldedColumn(field: Field, computation: Computation, context: ComputedContext): Promise<StoredColumn | undefined> {
  const { layout, statements } = context
  const values = foldedValues(field, computation, layout)
  if (values === undefined) return undefined
  if (await someInDoubt(values, computation, context)) return undefined
  const type = { kind: 'sql', text: typeOf({ storage: storageOf(field), missing: undefined }) } as const
  const name = statements.define(sql`CAST(${values.single} AS ${type})`)
  if (values.several !== undefined) statements.define(values.several, `${name}_a`)
  const column = columnOf(field, name, values.several !== undefined)
  const { expression, of } = computation
  if (expression === undefined || of !== undefined || !followsFromMinute(expression, layout)) return column
  return { ...column, byMinute: (minute) => sql`CAST(${compileExpression(expression, { layout, minute }).sql} AS ${type})` }
}

/** Whether a script of scores that reads the score can be part of the score's own expression: it fails for no document. */
async function isPartOfScore(computation: Computation, context: ComputedContext, score: KnownScore): Promise<boolean> {
  const { expression, isScore } = computation
  if (expression === undefined || !isScore) return false
  const { sql: single, doubt } = compileExpression(expression, { layout: context.layout, score: score.value })
  const tests = [...(doubt ? [doubt] : []), ...(isNeverNegative(expression) ? [] : [sql`NOT ifNull(${single} >= 0, 1)`])]
  if (tests.length === 0) return true
  const values = { single, several: undefined, doubt: sql`(${joinSql(tests, ' OR ')})` }
  return !(await someInDoubt(values, computation, context, score))
}

/** Whether its text tells that no value is below zero; scores are not. */
function isNeverNegative(expression: Expression): boolean {
  switch (expression.kind) {
    case 'score':
    case 'size':
      return true
    case 'constant':
      return typeof expression.value === 'number' && expression.value >= 0
    case 'convert':
      return isNeverNegative(expression.of)
    case 'arithmetic':
      return expression.operator !== '-' && isNeverNegative(expression.left) && isNeverNegative(expression.right)
    default:
      return false
  }
}

/** Whether the engine is in doubt about some document. @throws ElkhornError where the script fails for one of those */
async function someInDoubt(
  values: FoldedValues,
  computation: Computation,
  context: ComputedContext,
  score?: KnownScore,
): Promise<boolean> {
  if (values.doubt === undefined) return false
  const { layout, matches, statements } = context
  const doubtful = and([matches, leaf(values.doubt, { nullable: false }), ...(score ? [score.announced] : [])])
  const compute = computation.open()
  const rest = sql`FROM ${table(layout)} ${where(doubtful)} ORDER BY ${identifier(SEQ_NO)} LIMIT ${TRIED_DOCUMENTS}`
  const wanted = { ...valuesWanted(computation, context), ...(score && { score: score.value }) }
  const count = await eachDocument(wanted, rest, statements, (document) => void compute(document))
  return count > 0
}

interface FoldedValues {
  readonly single: Sql
  readonly several: Sql | undefined
  readonly doubt: Sql | undefined
}

function foldedValues(field: Field, { expression, of, isScore }: Computation, layout: TableLayout): FoldedValues | undefined {
  if (expression === undefined) return undefined
  if (of === undefined) {
    const { sql: single, doubt } = compileExpression(expression, { layout })
    if (!isScore) return { single, several: undefined, doubt }
    const negative = sql`NOT ifNull(${single} >= 0, 1)`
    return { single, several: undefined, doubt: doubt === undefined ? negative : sql`(${doubt} OR ${negative})` }
  }
  const column = layout.column(of.path)
  const own = singleValue(column, { layout }, valueTypeOf(of))
  const { sql: one, doubt } = compileExpression(expression, { layout, own })
  const single = sql`if(isNull(${own}), NULL, ${one})`
  const singleDoubt = doubt && sql`(isNotNull(${own}) AND ${doubt})`
  if (column?.arrayName === undefined) return { single, several: undefined, doubt: singleDoubt }
  // A value less in an array would need another form.
  if (JSON.stringify(expression, (_, value: unknown) => (typeof value === 'bigint' ? 0 : value)).includes('"nothing"'))
    return undefined
  const list = identifier(column.arrayName)
  const each = compileExpression(expression, { layout, own: sql`x` })
  const values = sql`arrayMap(x -> assumeNotNull(${each.sql}), ${list})`
  const listDoubt = each.doubt && sql`arrayExists(x -> ${each.doubt}, ${list})`
  return {
    single,
    several: field.type === 'keyword' ? sql`arrayDistinct(${values})` : values,
    doubt: singleDoubt === undefined ? listDoubt : listDoubt === undefined ? singleDoubt : sql`(${singleDoubt} OR ${listDoubt})`,
  }
}

async function scratchColumn(
  field: Field,
  computation: Computation,
  context: ComputedContext,
  scratch: ScratchTable[],
  score?: KnownScore,
): Promise<StoredColumn> {
  const { layout, statements, lanes, maxDocuments } = context
  const matches = score === undefined ? context.matches : and([context.matches, score.announced])
  const { count, parts } = await documentChunks({ layout, from: table(layout) }, matches, statements)
  if (count > maxDocuments) throw tooManyDocuments(count, maxDocuments)
  const made = await ScratchTable.create(field, lanes)
  scratch.push(made)
  const compute = computation.open()
  const wanted = { ...valuesWanted(computation, context), ...(score && { score: score.value }) }
  for (const part of parts) {
    await eachDocument(
      wanted,
      sql`FROM ${table(layout)} ${where(part)}`,
      statements,
      (document, at) => made.add(at, compute(document)),
      () => made.makeRoom(),
    )
  }
  await made.flush()
  const name = statements.define(made.value('v'))
  if (made.hasArrays) statements.define(made.value('a'), `${name}_a`)
  if (field.type === 'geo_point') {
    statements.define(made.value(`v${LONGITUDE}`), name + LONGITUDE)
    if (made.hasArrays) statements.define(made.value(`a${LONGITUDE}`), `${name}_a${LONGITUDE}`)
  }
  return columnOf(field, name, made.hasArrays)
}

function valuesWanted({ reads, readsSource }: Computation, { layout, fields, encodeId }: ComputedContext): ValuesWanted {
  return { layout, fields: fieldsRead(reads, fields, layout), source: readsSource, encodeId }
}

function columnOf(field: Field, name: string, several: boolean): StoredColumn {
  return {
    field,
    name,
    arrayName: several ? `${name}_a` : undefined,
    storage: storageOf(field),
    termIndex: false,
    lengthName: undefined,
    missing: undefined,
  }
}

function storageOf({ type }: Field): NonNullable<(typeof COMPUTED_STORAGE)[Field['type']]> {
  const storage = COMPUTED_STORAGE[type]
  if (storage === undefined) throw new Error(`no script computes values of the type ${type}`)
  return storage
}

function table({ table: name }: TableLayout): Sql {
  return sql`${identifier(DATABASE)}.${identifier(name)}`
}

function tooManyDocuments(count: number, limit: number): ElkhornError {
  return new ElkhornError(
    'circuit_breaking_exception',
    429,
    `[request] a script of this search would be run over [${count}] documents, which is more than [${limit}]. ` +
      'Narrow the query, or make the script a single expression of arithmetic, comparisons and conditions over doc values.',
    { details: { durability: 'PERMANENT' } },
  )
}
