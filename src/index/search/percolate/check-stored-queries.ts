import { internalAccess } from '../../../core/access.ts'
import { ElkhornError, illegalArgument } from '../../../core/errors.ts'
import type { JsonObject } from '../../../core/json.ts'
import { queryShardException, type BindContext } from '../../../query/bind/context.ts'
import { bindQuery } from '../../../query/dsl/bind-query.ts'
import { parseQuery } from '../../../query/dsl/parse-query.ts'
import type { FieldLookup } from '../../../query/field.ts'
import { parseDocument } from '../../documents/parse-document.ts'
import { valuesAt } from '../../../core/values-at.ts'
import type { IndexContext } from '../../index-context.ts'
import type { IndexState } from '../../index-state.ts'
import { parsingError } from '../../mapping/document-mapper.ts'
import { booleanSetting } from '../../settings/index-settings.ts'
import { bindContextOf } from '../bind-context.ts'

/**
 * Refuses a document whose queries mean nothing, before it is stored: whoever percolates could not be told any more.
 * @throws ElkhornError `document_parsing_exception` (400)
 */
export function checkStoredQueries(
  context: IndexContext,
  index: IndexState,
  written: { readonly source?: Uint8Array; readonly document?: JsonObject },
): void {
  const { percolators } = index.mapping
  if (percolators.length === 0 || written.source === undefined) return
  const document = written.document ?? parseDocument(written.source)
  try {
    for (const { path } of percolators) {
      const queries = valuesAt(document, path, { nulls: true })
      if (queries.length > 1) throw illegalArgument('a document can only contain one percolator query')
      for (const query of queries) bindQuery(parseQuery(query), strictContext(context, index))
    }
  } catch (error) {
    throw error instanceof ElkhornError ? parsingError('failed to parse', error) : error
  }
}

/** Fields of stored queries have to be there already, so that values are read as their authors meant them. */
function strictContext(context: IndexContext, index: IndexState): BindContext {
  const bind = bindContextOf(context, internalAccess, index, context.clock.now())
  if (booleanSetting(index.settings, 'index.percolator.map_unmapped_fields_as_text')) return bind
  const strict = (fields: FieldLookup): FieldLookup => ({
    find: (path) => {
      const field = fields.find(path)
      if (field || path.startsWith('_')) return field
      throw queryShardException(bind, `No field mapping can be found for the field with name [${path}]`)
    },
    match: (pattern) => fields.match(pattern),
    all: () => fields.all(),
  })
  const { fields, nested } = bind
  return {
    ...bind,
    fields: strict(fields),
    ...(nested && { nested: { ...nested, fieldsOf: (scope) => strict(nested.fieldsOf(scope)) } }),
  }
}
