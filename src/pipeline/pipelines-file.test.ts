import { expect, test } from 'vitest'
import { parsePipelinesFile } from './pipelines-file.ts'
import { defaultPipelineSettings } from './settings.ts'

const parse = (text: string) =>
  parsePipelinesFile(text, 'pipelines.yml', defaultPipelineSettings, (name) => ({ WORKERS: '3' })[name])

test('pipelines with settings of their own, flat or nested', () => {
  const { entries, errors, notes } = parse(`
- pipeline.id: fast
  path.config: "conf.d/{a,b}*.conf"
  pipeline.workers: 2
  queue.type: persisted
  queue.max_bytes: 1gb
  queue.max_events: 0
- pipeline:
    id: slow
    ordered: true
    batch: { size: 10, delay: 50 }
  config.string: "input { stdin {} }"
  dead_letter_queue.enable: false
  queue.page_capacity: 64mb
`)
  expect(errors).toEqual([])
  expect(notes).toEqual(['pipelines.yml:14:3: [queue.page_capacity] changes nothing: queues size their own files'])
  expect(entries).toMatchObject([
    {
      id: 'fast',
      path: 'conf.d/{a,b}*.conf',
      settings: { workers: 2, queue: { type: 'persisted', maxBytes: 1024 ** 3, maxEvents: Infinity } },
    },
    {
      id: 'slow',
      text: 'input { stdin {} }',
      settings: { workers: 1, batchSize: 10, batchDelayMs: 50, deadLetters: { enabled: false }, queue: { type: 'memory' } },
    },
  ])
})

test('variables stand for values, but not yet in the text of a pipeline', () => {
  const { entries, errors } = parse(`
- pipeline.id: one
  pipeline.workers: \${WORKERS}
  path.config: "\${FOLDER:/etc/conf}/*.conf"
- pipeline.id: two
  config.string: "input { stdin { id => '\${WORKERS}' } }"
`)
  expect(errors).toEqual([])
  expect(entries).toMatchObject([
    { path: '/etc/conf/*.conf', settings: { workers: 3 } },
    { text: "input { stdin { id => '${WORKERS}' } }" },
  ])
})

test.each([
  {
    text: '- pipeline.id: a\n  path.config: ${NAME}/*.conf',
    want: 'pipelines.yml:2:3: [path.config]: [NAME] is neither in the keystore nor in the environment',
  },
  { text: 'a: 1', want: 'pipelines.yml:1:1: expected a list of pipelines, such as [- pipeline.id: main]' },
  { text: '- path.config: x', want: 'pipelines.yml:1:3: the pipeline has no pipeline.id' },
  {
    text: '- pipeline.id: ../x\n  path.config: x',
    want: 'pipelines.yml:1:3: the id [../x] may hold letters, digits, ., _ and -',
  },
  { text: '- pipeline.id: a', want: 'pipelines.yml:1:3: the pipeline [a] needs path.config or config.string, and not both' },
  {
    text: '- pipeline.id: a\n  path.config: x\n  pipeline.worker: 2',
    want: 'pipelines.yml:3:3: unknown setting [pipeline.worker]; did you mean [pipeline.workers]?',
  },
  {
    text: '- pipeline.id: a\n  path.config: x\n  pipeline.workers: many',
    want: 'pipelines.yml:3:3: [pipeline.workers]: expected a whole number from 1, given [many]',
  },
  {
    text: '- pipeline.id: a\n  path.config: x\n- pipeline.id: a\n  path.config: y',
    want: 'pipelines.yml:3:3: the pipeline [a] stands twice',
  },
])('$want', ({ text, want }) => {
  expect(parse(text).errors).toEqual([want])
})
