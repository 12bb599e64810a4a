import { illegalArgument } from '../../core/errors.ts'
import { textProcessor } from './string-processor.ts'

export const urldecode = textProcessor('urldecode', 'Reads a text that was encoded for a URL.', (text) => {
  try {
    return decodeURIComponent(text.replaceAll('+', ' '))
  } catch {
    throw illegalArgument(`Could not URL-decode value [${text}]: a per cent sign needs two hexadecimal digits of UTF-8 behind it`)
  }
})
