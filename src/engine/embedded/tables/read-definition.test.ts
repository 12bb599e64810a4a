import { expect, test } from 'vitest'
import { readDefinition } from './read-definition.ts'

const definition = (lines: readonly string[], settings = 'index_granularity = 512'): string =>
  `CREATE TABLE elkhorn.i_x\n(\n${lines.map((line) => `    ${line}`).join(',\n')}\n)\nENGINE = MergeTree\nORDER BY _seq\nSETTINGS ${settings}`

const system = (comment = ''): string[] => [
  '`_seq` Int64 CODEC(Delta(8), LZ4)',
  `\`_source\` String${comment} CODEC(ZSTD(1)) SETTINGS (max_compress_block_size = 32768)`,
]

test.each([
  {
    name: 'columns with types, defaults and codecs',
    text: definition([
      ...system(),
      '`_minute` Int32 MATERIALIZED if(t0__timestamp = toInt64(-9223372036854775808), -2147483648, 7) CODEC(Delta(4), ZSTD(1))',
      '`t0__timestamp` Int64 DEFAULT toInt64(-9223372036854775808) CODEC(T64, LZ4)',
      '`f1_host` LowCardinality(Nullable(String)) CODEC(LZ4)',
      '`a1_host` Array(LowCardinality(String)) CODEC(LZ4)',
      '`f2_took` Nullable(Int64)',
      'INDEX seq_range _seq TYPE minmax GRANULARITY 1',
    ]),
    want: {
      storages: ['int64', 'dictionary', 'int64'],
      arrays: ['a1_host'],
      timeColumn: 't0__timestamp',
      abridgedBy: undefined,
      updatable: false,
      idIndex: false,
    },
  },
  {
    name: 'nanoseconds, ids of the client, updates',
    text: definition(
      [
        ...system(" COMMENT 'f3_message'"),
        '`f3_message` String CODEC(LZ4)',
        "INDEX f3_message_terms f3_message TYPE text(tokenizer = splitByString(['\\\\x01']))",
        '`_time` Int64 DEFAULT toInt64(-9223372036854775808) CODEC(T64, LZ4)',
        '`f0__timestamp` Nullable(Int64) CODEC(T64, LZ4)',
        'INDEX ids _id TYPE bloom_filter(0.01) GRANULARITY 1',
      ],
      'index_granularity = 512, enable_block_number_column = 1',
    ),
    want: {
      storages: ['tokens', 'int64'],
      arrays: [],
      timeColumn: '_time',
      abridgedBy: 'f3_message',
      updatable: true,
      idIndex: true,
    },
  },
])('$name', ({ text, want }) => {
  const { shapes, timeColumn, abridgedBy, updatable, idIndex } = readDefinition(text)
  expect({
    storages: [...shapes.values()].map(({ storage }) => storage),
    arrays: [...shapes.values()].flatMap(({ arrayName }) => arrayName ?? []),
    timeColumn,
    abridgedBy,
    updatable,
    idIndex,
  }).toEqual(want)
})

test('what is no definition is an error', () => {
  expect(() => readDefinition('nothing')).toThrow("a table's definition cannot be read: nothing")
})
