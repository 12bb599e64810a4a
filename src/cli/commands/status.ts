import type { Command } from '../command.ts'
import { connect } from '../client.ts'
import { configOptions } from '../config-options.ts'
import { table } from '../table.ts'

interface Health {
  readonly cluster_name: string
  readonly status: string
}

interface IndexRow {
  readonly index: string
  readonly 'docs.count': string | null
  readonly 'store.size': string | null
}

export const statusCommand: Command = {
  name: 'status',
  summary: 'Tells whether Elkhorn runs, what listens where and what is stored.',
  usage: '[--config FILE] [--data DIR]',
  options: configOptions,
  run: async (input) => {
    const client = await connect(input)
    const health = (await client.call('GET', '/_cluster/health')) as unknown as Health
    const indices = (await client.call('GET', '/_cat/indices?format=json&s=index')) as unknown as readonly IndexRow[]
    const { pid, ...ports } = client.ports
    input.print(`${health.cluster_name} is ${health.status}, process ${pid}, data in ${client.dataFolder}\n\n`)
    input.print(table(['listens', 'port'], Object.entries(ports)))
    if (indices.length > 0) {
      input.print('\n')
      input.print(
        table(
          ['index', 'documents', 'size'],
          indices.map((row) => [row.index, Number(row['docs.count'] ?? 0), row['store.size'] ?? '']),
        ),
      )
    }
    return 0
  },
}
