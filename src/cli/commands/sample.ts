import { connect } from '../client.ts'
import { stringOptions, type Command } from '../command.ts'
import { configOptions } from '../config-options.ts'
import { table } from '../table.ts'

interface Sample {
  readonly faults: readonly string[]
  readonly kinds: Readonly<Record<string, string>>
}

export const sampleCommand: Command = {
  name: 'sample',
  summary: 'Makes things go wrong in the sample factory while it runs, and right again.',
  usage: '[--fault KIND:TARGET]… [--clear KIND:TARGET]… [--data DIR]',
  details: 'Without options it shows what is on and what there is. docs/guide/sample-factory.md tells more.',
  options: {
    ...configOptions,
    fault: {
      type: 'string',
      multiple: true,
      value: 'KIND:TARGET',
      summary: 'switches a fault on: bearing:press-07, offline:line-3 …',
    },
    clear: {
      type: 'string',
      multiple: true,
      value: 'KIND:TARGET',
      summary: 'switches it off again; all switches off everything',
    },
  },
  run: async (input) => {
    const client = await connect(input)
    for (const fault of stringOptions(input, 'clear'))
      await client.call('DELETE', `/_elkhorn/sample/faults/${encodeURIComponent(fault)}`)
    for (const fault of stringOptions(input, 'fault'))
      await client.call('PUT', `/_elkhorn/sample/faults/${encodeURIComponent(fault)}`)
    const { faults, kinds } = (await client.call('GET', '/_elkhorn/sample')) as unknown as Sample
    input.print(
      faults.length === 0 ? 'nothing is wrong in the sample factory\n' : `wrong in the sample factory: ${faults.join(', ')}\n`,
    )
    if (stringOptions(input, 'fault').length === 0 && stringOptions(input, 'clear').length === 0) {
      input.print('\n')
      input.print(table(['fault', 'what happens'], Object.entries(kinds)))
    }
    return 0
  },
}
