import { ElkhornError, illegalArgument } from '../../core/errors.ts'
import { compileDissect, DissectPatternError, type DissectPattern } from '../parsing/dissect.ts'
import { defineProcessor } from './processor.ts'

export const dissect = defineProcessor({
  name: 'dissect',
  summary: 'Takes fields out of text between fixed delimiters.',
  create(config) {
    const field = config.text('field')
    const source = config.text('pattern')
    const separator = config.text('append_separator', '')
    const ignoreMissing = config.flag('ignore_missing', false)
    let pattern: DissectPattern
    try {
      pattern = compileDissect(source, separator)
    } catch (error) {
      if (error instanceof DissectPatternError) throw config.error('pattern', error.message)
      throw error
    }
    return (document) => {
      if (ignoreMissing && (document.find(field) ?? null) === null) return
      if (document.get(field) === null) throw illegalArgument(`field [${field}] is null, cannot process it.`)
      const text = document.text(field)
      const values = pattern.dissect(text)
      if (values === undefined) {
        throw new ElkhornError('find_match', 400, `Unable to find match for dissect pattern: ${source} against source: ${text}`)
      }
      for (const [name, value] of values) document.set(name, value)
    }
  },
})
