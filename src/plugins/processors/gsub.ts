import { expandReplacement, Matcher, Pattern } from '../../script/painless/values/pattern.ts'
import { JavaError } from '../../script/painless/java-error.ts'
import { illegalArgument } from '../../core/errors.ts'
import { reasonOf } from '../../core/reason.ts'
import { defineProcessor } from './processor.ts'
import { textProcessor } from './string-processor.ts'

export const gsub = defineProcessor({
  name: 'gsub',
  summary: 'Replaces what a regular expression (of Java) finds in a text.',
  create(config, context) {
    const source = config.text('pattern')
    const replacement = config.text('replacement')
    let pattern: Pattern
    try {
      pattern = Pattern.compile(source)
    } catch (error) {
      throw config.error('pattern', `Invalid regex pattern. ${reasonOf(error)}`)
    }
    const replace = (text: string): string => {
      try {
        return new Matcher(pattern, text).replace(true, (matcher) => expandReplacement(replacement, matcher))
      } catch (error) {
        if (error instanceof JavaError) throw illegalArgument(error.text ?? error.className)
        throw error
      }
    }
    return textProcessor('gsub', '', replace).create(config, context)
  },
})
