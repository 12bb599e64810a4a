import { illegalArgument } from '../../core/errors.ts'
import { defineProcessor } from './processor.ts'

const URI = /^(?:([a-zA-Z][\w+.-]*):)?(?:\/\/(?:([^@/?#]*)@)?(\[[^\]]*\]|[^:/?#]*)(?::(\d*))?)?([^?#]*)(?:\?([^#]*))?(?:#(.*))?$/

export const uriParts = defineProcessor({
  name: 'uri_parts',
  summary: 'Takes a URI apart: scheme, user, domain, port, path, extension, query, fragment.',
  create(config) {
    const field = config.text('field')
    const target = config.text('target_field', 'url')
    const removeIfSuccessful = config.flag('remove_if_successful', false)
    const keepOriginal = config.flag('keep_original', true)
    const ignoreMissing = config.flag('ignore_missing', false)
    return (document) => {
      if (ignoreMissing && (document.find(field) ?? null) === null) return
      const text = document.text(field)
      const parts = read(text)
      if (keepOriginal) parts['original'] = text
      if (removeIfSuccessful && field !== target) document.remove(field)
      document.set(target, parts)
    }
  },
})

function read(text: string): Record<string, unknown> {
  const match = URI.exec(text)
  if (!match || /[\s<>"{}|\\^`]/.test(match[3] ?? '')) throw illegalArgument(`unable to parse URI [${text}]`)
  const [, scheme, userInfo, domain, port, path = '', query, fragment] = match
  const parts: Record<string, unknown> = {}
  if (domain !== undefined && domain !== '') parts['domain'] = domain
  if (fragment !== undefined) parts['fragment'] = fragment
  parts['path'] = path
  const extension = /\.([^./]+)$/.exec(path)?.[1]
  if (extension !== undefined) parts['extension'] = extension
  if (port !== undefined && port !== '') parts['port'] = Number(port)
  if (query !== undefined) parts['query'] = query
  if (scheme !== undefined) parts['scheme'] = scheme
  if (userInfo !== undefined) {
    parts['user_info'] = userInfo
    const colon = userInfo.indexOf(':')
    if (colon >= 0) {
      parts['username'] = userInfo.slice(0, colon)
      parts['password'] = userInfo.slice(colon + 1)
    }
  }
  return parts
}
