import { createEvent } from '../../src/core/event.ts'
import { reasonOf } from '../../src/core/reason.ts'
import { compileFilterChain } from '../../src/pipeline/filter-chain.ts'
import type { BranchNode, CodecNode, PipelineGraph } from '../../src/pipeline/graph.ts'
import { createMetrics } from '../../src/pipeline/plugin-metrics.ts'
import { compileRouter } from '../../src/pipeline/router.ts'
import { stamp } from '../../src/pipeline/stamp.ts'
import { MissingFileError } from '../../src/plugins/missing-file.ts'
import type { Codec } from '../../src/plugins/plugin.ts'
import { EXAMPLE_NOW, testContext } from '../../src/plugins/test-context.ts'
import { compileCondition, type CompiledCondition } from '../../src/script/condition.ts'
import { compileRubyRegexp } from '../../src/script/regexp/ruby-regexp.ts'

/** Lines as programs and devices write them. */
const LINES = [
  "<34>Oct 11 22:14:15 mymachine su[230]: 'su root' failed for lonvick on /dev/pts/8",
  '<165>1 2024-05-01T10:00:00.003Z mymachine.example.com evntslog 123 ID47 - An application event log entry',
  '203.0.113.7 - frank [10/Oct/2024:13:55:36 +0000] "GET /index.html?x=1 HTTP/1.1" 200 2326 "http://example.com/start" "Mozilla/5.0"',
  '{"timestamp":"2024-05-01T10:00:00.000Z","level":"INFO","message":"started","user":{"id":7,"ip":"203.0.113.8"},"took":1.5}',
  '2024-05-01 10:00:00,123 ERROR [http-nio-8080-exec-1] com.example.Service - boom',
  '1,2024-05-01,foo,"bar, baz",3.5,true,203.0.113.5',
  'date=2024-05-01 time=10:00:00 devname="FG100" type="traffic" srcip=10.0.0.3 action="accept"',
  '',
]

/** What a variable may well be set to, by its name. */
const VALUES: readonly (readonly [RegExp, string])[] = [
  [/PORT/i, '5044'],
  [/UR[IL]|ENDPOINT/i, 'http://localhost:9200'],
  [/JDBC|CONNECTION/i, 'jdbc:mysql://localhost/plant'],
  [/HOST|ADDRESS|SERVER/i, 'localhost'],
  [/VERIF/i, 'full'],
  [/PATH|FILE|DIR/i, '/nonexistent'],
]

export function likelyValue(name: string): string {
  return VALUES.find(([pattern]) => pattern.test(name))?.[1] ?? '16'
}

/**
 * Makes every plug-in of a pipeline, opens its filters and sends lines through these to its outputs, none of which are started.
 * Files that are not here keep nothing from running.
 * @returns what keeps it from running; `undefined` when nothing does
 */
export async function whyNotRunning(graph: PipelineGraph): Promise<string | undefined> {
  const context = { ...testContext(), dataDir: '/nonexistent' }
  const codecOf = ({ plugin, config }: CodecNode): Codec => plugin.create(config, context)
  const condition = (arm: BranchNode<unknown>['arms'][number]): CompiledCondition =>
    compileCondition(arm.condition, {
      listsMatchAsText: true,
      regex(pattern) {
        const { search } = compileRubyRegexp(pattern)
        return (text) => search(text, 0) !== undefined
      },
    })
  try {
    for (const { plugin, config, codec } of graph.inputs) plugin.create(config, { ...context, codec: codecOf(codec) })
    const codecs: Codec[] = []
    const route = compileRouter(graph.outputs, condition, ({ plugin, config, codec: node }) => {
      const codec = codecOf(node)
      plugin.create(config, { ...context, codec, signal: new AbortController().signal, deadLetter: () => Promise.resolve() })
      return codecs.push(codec) - 1
    })
    const chain = compileFilterChain(graph.filters, {
      log: context.log,
      monotonic: () => performance.now(),
      condition,
      make: (node) => ({
        node,
        filter: node.plugin.create(node.config, context),
        metrics: createMetrics(node.id, node.plugin.name),
      }),
    })
    for (const { filter } of chain.filters) await filter.open?.().catch(unlessMissing)
    const events = LINES.map((message) => createEvent({ message, host: { name: 'web01', ip: '10.0.0.9' } }))
    for (const event of events) stamp(event, EXAMPLE_NOW)
    const out = [...(await chain.run(events)), ...(await chain.flush('all'))]
    for (const [place, part] of route(out).entries()) for (const event of part ?? []) codecs[place]?.encode(event)
    await chain.close()
    return undefined
  } catch (error) {
    return reasonOf(error)
  }
}

function unlessMissing(error: unknown): void {
  if (!(error instanceof MissingFileError)) throw error
}
