import { parse } from 'yaml'
import { ElkhornError } from '../../core/errors.ts'

/**
 * The parser descends into what it reads, and the end of the stack is no error that it could be counted on: where V8 meets it
 * while it compiles a regular expression the process ends.
 */
const MAX_DEPTH = 150

/** Reads the body of a request that is YAML. @throws ElkhornError `x_content_parse_exception` (400) */
export function parseYamlBody(text: string): unknown {
  if (depthOf(text) > MAX_DEPTH)
    throw new ElkhornError('x_content_parse_exception', 400, `the body is no YAML: it nests deeper than [${MAX_DEPTH}] levels`)
  try {
    return parse(text)
  } catch (error) {
    const [reason] = (error as Error).message.split('\n')
    throw new ElkhornError('x_content_parse_exception', 400, `the body is no YAML: ${reason ?? ''}`)
  }
}

/** Brackets are counted wherever they stand; a block of lines takes at least a column, of its own or with a list's dash. */
function depthOf(text: string): number {
  let deepest = 0
  let brackets = 0
  for (const line of text.split('\n')) {
    for (const [char] of line.matchAll(/[[\]{}]/g)) {
      brackets = char === '[' || char === '{' ? brackets + 1 : Math.max(0, brackets - 1)
      deepest = Math.max(deepest, brackets)
    }
    deepest = Math.max(deepest, line.search(/[^\s?-]|$/))
  }
  return deepest
}
