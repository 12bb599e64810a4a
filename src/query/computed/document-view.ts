import { DocMap } from '../../script/painless/values/doc-values.ts'
import type { Field } from '../field.ts'
import type { DocumentValues } from './computation.ts'
import { DocumentSource } from './doc-source.ts'

type Params = Readonly<Record<string, unknown>>

/** What a script sees of the documents that it is run over, one after the other. */
export class DocumentView {
  /** `doc` */
  readonly doc: DocMap
  readonly #source: DocumentSource

  constructor(find: (path: string) => Field | undefined) {
    this.#source = new DocumentSource(find)
    this.doc = new DocMap(this.#source)
  }

  /** This document is the current one from now on. */
  show(document: DocumentValues): void {
    this.#source.current = document
    this.doc.next()
  }

  /** `params` with `_source`: the current document as it was written, parsed only where a script asks for it. */
  withSource(params: Params): Params {
    return Object.defineProperty({ ...params }, '_source', {
      enumerable: true,
      configurable: true,
      get: () => this.#source.current?.source() ?? {},
    })
  }
}
