/** A syslog message, taken apart. Texts are as they were sent; the timestamp is not read yet. */
export interface SyslogMessage {
  readonly format: 'rfc3164' | 'rfc5424'
  readonly priority: number | undefined
  readonly timestamp: string | undefined
  readonly hostname: string | undefined
  /** TAG of RFC 3164, APP-NAME of RFC 5424. */
  readonly program: string | undefined
  /** A number within the brackets of a TAG, or PROCID. */
  readonly processId: string | undefined
  readonly messageId: string | undefined
  readonly version: number | undefined
  /** Elements by their id; parameters by their name. */
  readonly structuredData: Readonly<Record<string, Readonly<Record<string, string>>>> | undefined
  readonly text: string
}

const PRIORITY = /^<(\d{1,3})>/
const HEADER_5424 = /^(\d{1,2}) (\S+) (\S+) (\S+) (\S+) (\S+) /
/** `Oct 11 22:14:15`, with a year before or behind as some senders write it, or ISO 8601. */
const TIMESTAMP_3164 =
  /^((?:\d{4} )?[A-Z][a-z]{2} [ \d]?\d(?: \d{4})? \d{2}:\d{2}:\d{2}(?:\.\d{1,9})?|\d{4}-\d{2}-\d{2}[T ]\d{2}:\d{2}:\d{2}(?:[.,]\d{1,9})?(?:Z|[+-]\d{2}:?\d{2})?):? /
const HOSTNAME = /^([\w.:@/-]+) /
/** A TAG: letters, digits and the signs that programs use, a process id perhaps, a colon. */
const TAG = /^([\w./@()-]{1,128})(?:\[([^\]]{1,64})\])?:(?: |$)/

/** Largest priority: facility 23, severity 7. */
const MAX_PRIORITY = 191

/**
 * Reads a message of RFC 5424 or RFC 3164, whichever it is. `undefined` when it is neither: no priority, and no timestamp
 * to know it by.
 */
export function parseSyslog(line: string): SyslogMessage | undefined {
  const match = PRIORITY.exec(line)
  const priority = match === null ? undefined : Number(match[1])
  if (priority !== undefined && priority > MAX_PRIORITY) return undefined
  const rest = match === null ? line : line.slice(match[0].length)
  return (priority === undefined ? undefined : parse5424(rest, priority)) ?? parse3164(rest, priority)
}

function parse5424(rest: string, priority: number): SyslogMessage | undefined {
  const header = HEADER_5424.exec(`${rest} `)
  if (header === null) return undefined
  const [all, version, timestamp, hostname, program, processId, messageId] = header
  if (timestamp !== '-' && !/^\d{4}-\d{2}-\d{2}T/.test(timestamp ?? '')) return undefined
  const behind = rest.slice(Math.min(all.length, rest.length))
  const structured = parseStructuredData(behind)
  if (structured === undefined) return undefined
  return {
    format: 'rfc5424',
    priority,
    version: Number(version),
    timestamp: given(timestamp),
    hostname: given(hostname),
    program: given(program),
    processId: given(processId),
    messageId: given(messageId),
    structuredData: structured.elements,
    // The text may begin with the byte order mark of UTF-8 (§6.4).
    text: behind
      .slice(structured.end)
      .replace(/^ /, '')
      .replace(/^\ufeff/, ''),
  }
}

/** The nil value of RFC 5424 is a hyphen. */
function given(value: string | undefined): string | undefined {
  return value === '-' ? undefined : value
}

/** RFC 5424 §6.3. `undefined` when it is malformed. */
function parseStructuredData(
  text: string,
): { readonly elements: Record<string, Record<string, string>> | undefined; readonly end: number } | undefined {
  if (text === '' || text.startsWith('-')) return { elements: undefined, end: Math.min(1, text.length) }
  if (!text.startsWith('[')) return undefined
  const elements: Record<string, Record<string, string>> = {}
  const name = /\[([^\s=\]"]+)/y
  const parameter = / +([^\s=\]"]+)="((?:[^"\\\]]|\\.)*)"/sy
  let at = 0
  while (text[at] === '[') {
    name.lastIndex = at
    const id = name.exec(text)
    if (id === null) return undefined
    at = name.lastIndex
    const parameters: Record<string, string> = {}
    for (;;) {
      parameter.lastIndex = at
      const found = parameter.exec(text)
      if (found === null) break
      at = parameter.lastIndex
      own(parameters, found[1] ?? '', (found[2] ?? '').replaceAll(/\\(["\\\]])/g, '$1'))
    }
    while (text[at] === ' ') at += 1
    if (text[at] !== ']') return undefined
    at += 1
    own(elements, id[1] ?? '', parameters)
  }
  return { elements, end: at }
}

/** Sets a property whatever its name: the sender chose it. */
function own<T>(target: Record<string, T>, name: string, value: T): void {
  Object.defineProperty(target, name, { value, enumerable: true, configurable: true, writable: true })
}

function parse3164(rest: string, priority: number | undefined): SyslogMessage | undefined {
  const time = TIMESTAMP_3164.exec(rest)
  if (time === null && priority === undefined) return undefined
  const behindTime = time === null ? rest : rest.slice(time[0].length)
  // Without a timestamp there is no host name (§4.3.2): what follows is a tag or text.
  const host = time === null || TAG.test(behindTime) ? null : HOSTNAME.exec(behindTime)
  const behindHost = host === null ? behindTime : behindTime.slice(host[0].length)
  const tag = TAG.exec(behindHost)
  return {
    format: 'rfc3164',
    priority,
    version: undefined,
    timestamp: time?.[1],
    hostname: host?.[1],
    program: tag?.[1],
    processId: tag?.[2],
    messageId: undefined,
    structuredData: undefined,
    text: tag === null ? behindHost : behindHost.slice(tag[0].length),
  }
}
