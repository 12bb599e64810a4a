/**
 * Names in roles: `*` is any characters, `?` is one, `/…/` is a regular expression. Answers whether a name matches any.
 * The regular expression is the part that Lucene's and JavaScript's syntax have in common, matched against the whole name.
 *
 * @throws SyntaxError when a regular expression is not one
 */
export function nameMatcher(patterns: readonly string[]): (name: string) => boolean {
  if (patterns.includes('*')) return () => true
  const exact = new Set(patterns.filter((pattern) => !/[*?]/.test(pattern) && !isRegex(pattern)))
  const rest = patterns.filter((pattern) => !exact.has(pattern)).map(toRegex)
  return (name) => exact.has(name) || rest.some((regex) => regex.test(name))
}

const isRegex = (pattern: string): boolean => pattern.length > 2 && pattern.startsWith('/') && pattern.endsWith('/')

function toRegex(pattern: string): RegExp {
  if (isRegex(pattern)) return new RegExp(`^(?:${pattern.slice(1, -1)})$`, 'su')
  const escaped = pattern.replaceAll(/[.+^${}()|[\]\\/]/g, String.raw`\$&`)
  return new RegExp(`^${escaped.replaceAll(/\*+/g, '.*').replaceAll('?', '.')}$`, 'su')
}
