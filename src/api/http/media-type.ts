import { ElkhornError } from '../../core/errors.ts'

/** How an answer is written. */
export interface ResponseFormat {
  readonly kind: 'json' | 'yaml' | 'text'
  /** The `content-type` of the answer. */
  readonly contentType: string
}

const VENDOR = /^application\/vnd\.elasticsearch\+(json|x-ndjson|yaml|cbor|smile)$/

/** Versions of clients that are understood: the media type says one, and the answer repeats it. */
const COMPATIBLE_VERSIONS = ['7', '8', '9']

interface MediaType {
  readonly type: string
  readonly compatibleWith: string | undefined
}

function parseMediaType(text: string): MediaType {
  const [type = '', ...parameters] = text.split(';').map((part) => part.trim().toLowerCase())
  const compatible = parameters.find((parameter) => parameter.startsWith('compatible-with='))
  return { type, compatibleWith: compatible?.slice('compatible-with='.length) }
}

/**
 * How to answer, from `format` and `Accept`. `plain`: the endpoint prints tables unless JSON is asked for (`_cat`).
 * @throws ElkhornError `media_type_header_exception` (400)
 */
export function chooseFormat(accept: string | undefined, format: string | undefined, plain: boolean): ResponseFormat {
  if (format !== undefined && format !== '') {
    if (format === 'json') return json
    if (format === 'yaml') return yaml
    if (format === 'text' || format === 'txt') return text
    throw new ElkhornError(
      'illegal_argument_exception',
      400,
      `Unsupported format [${format}]: answers can be [json], [yaml] or [text]`,
    )
  }
  const fallback = plain ? text : json
  if (accept === undefined || accept === '') return fallback
  for (const part of accept.split(',')) {
    const { type, compatibleWith } = parseMediaType(part)
    if (type === '*/*' || type === '') return fallback
    const vendor = VENDOR.exec(type)
    if (vendor) {
      if (compatibleWith === undefined || !COMPATIBLE_VERSIONS.includes(compatibleWith)) throw badHeader('Accept', accept)
      if (vendor[1] === 'yaml') return { kind: 'yaml', contentType: `${type};compatible-with=${compatibleWith}` }
      if (vendor[1] === 'json' || vendor[1] === 'x-ndjson') {
        return { kind: 'json', contentType: `application/vnd.elasticsearch+json;compatible-with=${compatibleWith}` }
      }
      throw badHeader('Accept', accept)
    }
    if (type === 'application/json' || type === 'application/x-ndjson') return json
    if (type === 'application/yaml') return yaml
    if (type === 'text/plain') return plain ? text : json
    if (type.endsWith('/*')) return fallback
  }
  // Browsers ask for HTML and images; they get what there is.
  return fallback
}

const json: ResponseFormat = { kind: 'json', contentType: 'application/json' }
const yaml: ResponseFormat = { kind: 'yaml', contentType: 'application/yaml' }
const text: ResponseFormat = { kind: 'text', contentType: 'text/plain; charset=UTF-8' }

/** @throws ElkhornError 406 for bodies that are neither JSON nor NDJSON nor YAML */
export function checkContentType(header: string | undefined): 'json' | 'yaml' {
  if (header === undefined || header === '') throw notSupported('Content-Type header is missing')
  const { type, compatibleWith } = parseMediaType(header)
  const vendor = VENDOR.exec(type)
  if (vendor && (compatibleWith === undefined || !COMPATIBLE_VERSIONS.includes(compatibleWith)))
    throw badHeader('Content-Type', header)
  const name = vendor?.[1] ?? type
  if (
    name === 'json' ||
    name === 'x-ndjson' ||
    name === 'application/json' ||
    name === 'application/x-ndjson' ||
    name === 'text/json'
  ) {
    return 'json'
  }
  if (name === 'yaml' || name === 'application/yaml') return 'yaml'
  throw notSupported(`Content-Type header [${header}] is not supported`)
}

function badHeader(name: string, value: string): ElkhornError {
  return new ElkhornError('media_type_header_exception', 400, `Invalid media-type value on headers [${name}]`, {
    causedBy: new ElkhornError(
      'illegal_argument_exception',
      400,
      `compatible-with of [${value}] must be one of [${COMPATIBLE_VERSIONS.join(', ')}]`,
    ),
  })
}

function notSupported(reason: string): ElkhornError {
  return new ElkhornError('media_type_header_exception', 406, reason)
}
