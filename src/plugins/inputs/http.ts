import type { IncomingMessage } from 'node:http'
import { z } from 'zod'
import type { Event, Fields } from '../../core/event.ts'
import { fieldPath } from '../../core/field-path.ts'
import { codecs } from '../codecs/index.ts'
import { ecsCompatibility } from '../ecs-option.ts'
import { bytes, flag, ignored, integer, password, port, text, textHash } from '../options.ts'
import { defineInput, type Codec } from '../plugin.ts'
import { httpInput } from './http-input.ts'
import { isLetIn, unauthorized } from './http-requests.ts'
import { serverTlsOptions } from './server-tls.ts'

const config = z.strictObject({
  host: text().optional().describe('Address to listen on. `network.host` when absent.'),
  port: port().default(8080).describe('Port to listen on. 0 takes a free one.'),
  user: text().optional().describe('User name that clients must give (basic authentication).'),
  password: password().optional().describe('Their password.'),
  devices: flag()
    .default(false)
    .describe(
      'Whether clients sign in as devices do over MQTT: with a device’s id and secret, or as a user. The event gets `[@metadata][device][id]`.',
    ),
  additional_codecs: textHash()
    .default({ 'application/json': 'json' })
    .describe('Codecs for content types; the others are read by `codec`.'),
  max_content_length: bytes()
    .default(100 * 1024 * 1024)
    .describe('Largest body, after decompression. Above it the answer is 413.'),
  response_code: integer({ min: 200, max: 204 }).default(200).describe('Status of the answer to a request that was kept.'),
  response_headers: textHash().default({}).describe('Headers of that answer.'),
  remote_host_target_field: text().optional().describe('Field that gets the address of the client.'),
  request_headers_target_field: text().optional().describe('Field that gets the headers of the request.'),
  threads: ignored('requests are handled one after the other, and written together'),
  max_pending_requests: ignored('a client waits until its events are kept'),
  ecs_compatibility: ecsCompatibility(),
  ...serverTlsOptions,
})

export const http = defineInput({
  name: 'http',
  summary: 'Makes events of what is posted over HTTP or HTTPS. The answer comes when they are stored.',
  config,
  examples: [{ title: 'JSON documents', config: { port: 8080, codec: 'json' } }],
  defaultCodec: 'plain',
  create(options, context) {
    const ecs = (options.ecs_compatibility ?? context.ecs) !== 'disabled'
    const headersField = fieldPath(
      options.request_headers_target_field ?? (ecs ? '[@metadata][input][http][request][headers]' : 'headers'),
    )
    const hostField = fieldPath(options.remote_host_target_field ?? (ecs ? '[host][ip]' : 'host'))
    const byType = new Map<string, Codec>()
    for (const [type, name] of Object.entries(options.additional_codecs)) {
      const plugin = codecs.find((codec) => codec.name === name)
      if (plugin === undefined) throw new Error(`additional_codecs: there is no codec [${name}]`)
      byType.set(type.toLowerCase(), plugin.create(plugin.config.parse({}), context))
    }

    const names = new WeakMap<IncomingMessage, string>()
    const isKnownDevice = async (request: IncomingMessage): Promise<boolean> => {
      const [, encoded = ''] = /^basic (.*)$/i.exec(request.headers.authorization ?? '') ?? []
      const [, username, secret] = /^([^:]*):(.*)$/s.exec(Buffer.from(encoded, 'base64').toString()) ?? []
      if (username === undefined || secret === undefined) return false
      const address = request.socket.remoteAddress ?? ''
      const credentials = { username, password: Buffer.from(secret), clientId: username, certificate: undefined, address }
      const answer = await context.platform.authenticateDevice(credentials)
      if (answer.allowed) names.set(request, answer.principal.name)
      return answer.allowed
    }
    const decode = (body: Buffer, request: IncomingMessage): readonly Event[] => {
      const type = (request.headers['content-type'] ?? '').split(';')[0]?.trim().toLowerCase() ?? ''
      const decoder = (byType.get(type) ?? context.codec).decoder()
      const events = [...decoder.decode(body), ...decoder.end()]
      for (const event of events) {
        const headers = headersOf(request)
        headersField.set(event, headers)
        const name = names.get(request)
        if (name !== undefined) event.metadata['device'] = { id: name }
        if (!hostField.has(event)) hostField.set(event, request.socket.remoteAddress ?? '')
        if (ecs) describeRequest(event, request)
        // Files from before ECS ask for [headers][x-device-id].
        if (context.lenient && ecs && !Object.hasOwn(event.fields, 'headers'))
          addHidden(event.fields, 'headers', bothSpellings(headers))
      }
      return events
    }
    return httpInput(options, context.platform.listenHost, {
      decode,
      okStatus: options.response_code,
      okHeaders: options.response_headers,
      refuse: async (request) => {
        const letIn = options.devices ? await isKnownDevice(request) : isLetIn(request, options)
        return letIn ? undefined : unauthorized
      },
    })
  },
})

/** Names as Logstash writes them: lower case, `_` for `-`. Credentials are left out. */
function headersOf(request: IncomingMessage): Fields {
  const headers: Fields = {
    request_method: request.method ?? '',
    request_path: (request.url ?? '').split('?')[0] ?? '',
    http_version: `HTTP/${request.httpVersion}`,
  }
  for (const [name, value] of Object.entries(request.headers)) {
    if (value !== undefined && name !== 'authorization') headers[name.replaceAll('-', '_')] = [value].flat().join(', ')
  }
  return headers
}

function bothSpellings(headers: Fields): Fields {
  return { ...headers, ...Object.fromEntries(Object.entries(headers).map(([name, value]) => [name.replaceAll('_', '-'), value])) }
}

/** A field that is found when it is asked for, and neither stored nor printed. */
function addHidden(fields: Fields, name: string, value: Fields): void {
  Object.defineProperty(fields, name, { value, enumerable: false, writable: true, configurable: true })
}

function describeRequest(event: Event, request: IncomingMessage): void {
  const set = (path: string, value: string | undefined): void => {
    if (value !== undefined && !fieldPath(path).has(event)) fieldPath(path).set(event, value)
  }
  set('[http][method]', request.method)
  set('[http][version]', `HTTP/${request.httpVersion}`)
  set('[url][path]', (request.url ?? '').split('?')[0])
  set('[url][domain]', request.headers.host?.split(':')[0])
  set('[user_agent][original]', request.headers['user-agent'])
}
