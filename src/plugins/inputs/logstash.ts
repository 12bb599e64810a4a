import { z } from 'zod'
import { jsonLines } from '../codecs/json.ts'
import { bytes, flag, password, port, text } from '../options.ts'
import { defineInput } from '../plugin.ts'
import { httpInput } from './http-input.ts'
import { isLetIn, unauthorized } from './http-requests.ts'
import { serverTlsOptions } from './server-tls.ts'

const config = z.strictObject({
  host: text().optional().describe('Address to listen on. `network.host` when absent.'),
  port: port().default(9800).describe('Port to listen on. 0 takes a free one.'),
  username: text().optional().describe('User name that senders must give (basic authentication).'),
  password: password().optional().describe('Their password.'),
  max_content_length: bytes()
    .default(100 * 1024 * 1024)
    .describe('Largest body, after decompression. Above it the answer is 413, and senders send less at once.'),
  ...serverTlsOptions,
  ssl_enabled: flag().default(true).describe('Whether senders must speak TLS.'),
})

export const logstash = defineInput({
  name: 'logstash',
  summary: 'Takes events as they are from `logstash` outputs, of Logstash or here. The answer comes when they are stored.',
  config,
  examples: [
    { title: 'Over TLS', config: { ssl_certificate: '/etc/elkhorn/server.pem', ssl_key: '/etc/elkhorn/server.key' } },
    { title: 'Within a machine', config: { host: '127.0.0.1', ssl_enabled: false } },
  ],
  defaultCodec: 'json_lines',
  create(options, context) {
    const { username: user, password: secret } = options
    if ((user === undefined) !== (secret === undefined))
      throw new Error('[logstash] username and password: one makes no sense without the other')
    // Whatever codec the pipeline names: it is JSON that outputs send.
    const codec = jsonLines.create(jsonLines.config.parse({}), context)
    return httpInput(options, context.platform.listenHost, {
      decode(body) {
        const decoder = codec.decoder()
        return [...decoder.decode(body), ...decoder.end()]
      },
      okStatus: 200,
      okHeaders: { accept: 'application/x-ndjson' },
      refuse: (request) => (isLetIn(request, { user, password: secret }) ? undefined : unauthorized),
    })
  },
})
