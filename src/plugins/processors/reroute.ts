import { illegalArgument } from '../../core/errors.ts'
import { textOf } from '../../script/painless/values/text.ts'
import type { IngestDocument } from './ingest-document.ts'
import { defineProcessor } from './processor.ts'

export const reroute = defineProcessor({
  name: 'reroute',
  summary: 'Sends the document to another index or data stream; the rest of the pipeline is left out.',
  create(config) {
    const destination = config.optionalText('destination')
    const dataset = config.texts('dataset', [])
    const namespace = config.texts('namespace', [])
    if (destination !== undefined && (dataset.length > 0 || namespace.length > 0)) {
      throw config.error('destination', 'can only be set if dataset and namespace are not set')
    }
    const fixed = destination === undefined ? undefined : config.templateOf('destination', destination)
    return (document) => {
      document.ended = true
      if (fixed !== undefined) {
        document.set('_index', fixed(document))
        return
      }
      const [type = '', oldDataset = '', ...rest] = textOf(document.get('_index')).split('-')
      if (rest.length === 0) {
        throw illegalArgument(
          `invalid data stream name: [${textOf(document.get('_index'))}]; must follow naming scheme <type>-<dataset>-<namespace>`,
        )
      }
      const newDataset = part(document, dataset, 'data_stream.dataset', oldDataset, /[\\/*?"<>| ,#:-]/g)
      const newNamespace = part(document, namespace, 'data_stream.namespace', rest.join('-'), /[\\/*?"<>| ,#:]/g)
      document.set('_index', `${type}-${newDataset}-${newNamespace}`)
      document.set('data_stream', { type, dataset: newDataset, namespace: newNamespace })
    }
  },
})

/** The first value that there is: fixed, `{{field}}`, the document's own, the name's. */
function part(document: IngestDocument, values: readonly string[], field: string, fallback: string, forbidden: RegExp): string {
  for (const value of values.length === 0 ? [`{{${field}}}`] : values) {
    const name = /^\{\{\{?\s*([^{}]+?)\s*\}?\}\}$/.exec(value)?.[1]
    const found = name === undefined ? value : document.find(name)
    if (typeof found === 'string' && found !== '') return found.toLowerCase().replaceAll(forbidden, '_').slice(0, 100)
  }
  return fallback
}
