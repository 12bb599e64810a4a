import { stringOption, type Command } from '../command.ts'
import { configOptions, overridesOf } from '../config-options.ts'

export const startCommand: Command = {
  name: 'start',
  summary: 'Runs Elkhorn until Ctrl-C.',
  usage: '[--config FILE] [--data DIR] [--no-sample] [--set key=value]…',
  details: `The first start makes the user elastic and prints its password once; ELASTIC_PASSWORD in the environment sets it
instead. When everything is ready to serve, <data>/run/ports.json holds every port in use.`,
  options: {
    ...configOptions,
    'no-sample': { type: 'boolean', summary: 'does not run the sample factory, short for --set sample.enabled=false' },
  },
  run: (input) =>
    input.programs.start({
      config: stringOption(input, 'config'),
      overrides: [...overridesOf(input), ...(input.options['no-sample'] === true ? ['sample.enabled=false'] : [])],
    }),
}
