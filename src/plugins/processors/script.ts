import { ingestContext } from '../../script/painless/contexts/document-scripts.ts'
import { parseScriptReference } from '../../script/script-request.ts'
import { defineProcessor } from './processor.ts'

export const script = defineProcessor({
  name: 'script',
  summary: 'Runs a Painless script on the document: `ctx` holds its fields.',
  create(config, { scripts }) {
    const reference: Record<string, unknown> = {}
    for (const member of ['source', 'inline', 'id', 'lang', 'params', 'options']) {
      const value = config.take(member)
      if (value !== undefined) reference[member] = value
    }
    if (reference['source'] === undefined && reference['inline'] === undefined && reference['id'] === undefined) {
      throw config.error('source', 'required property is missing')
    }
    const parsed = parseScriptReference(reference)
    // A stored script may change: it is looked up each time. Others have to compile now.
    if (parsed.id === undefined) scripts.compile(parsed, ingestContext)
    return (document) => {
      const { context, ingest } = document
      const { _ingest, ...changed } = scripts.compile(parsed, ingestContext)({ ...context, _ingest: ingest })
      document.context = changed
    }
  },
})
