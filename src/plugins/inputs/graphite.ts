import { graphite as graphiteCodec } from '../codecs/graphite.ts'
import { port } from '../options.ts'
import { defineInput } from '../plugin.ts'
import { tcp } from './tcp.ts'

export const graphite = defineInput({
  name: 'graphite',
  summary: 'Takes lines of Graphite over TCP: name, value and second. An event for each, with the value in a field of that name.',
  config: tcp.config.extend({ port: port().default(2003).describe('Port to listen on. 0 takes a free one.') }),
  examples: [{ title: 'The usual port', config: { port: 2003 } }],
  defaultCodec: 'graphite',
  create: (options, context) =>
    tcp.create(options, { ...context, codec: graphiteCodec.create(graphiteCodec.config.parse({}), context) }),
})
