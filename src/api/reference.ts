import { clusterActions } from '../core/actions.ts'
import { deviceEndpoints, type Endpoint } from './routes/devices.ts'

/** The page `docs/reference/devices.md`: the endpoints of devices, with the privileges that they take. */
export function deviceReference(): string {
  const rows = Object.values<Endpoint>(deviceEndpoints).map(({ methods, paths, action, params = [], summary }) => {
    const requests = paths.map((path) => `\`${methods.join(' or ')} ${path}\``).join('<br>')
    const parameters = params.map((name) => `\`${name}\``).join(', ')
    const privileges = clusterActions[action].map((name) => `\`${name}\``).join(', ')
    return `| ${requests} | ${summary} | ${parameters} | ${privileges} |`
  })
  return `${[
    '# Devices over REST',
    '',
    'Made from the code by `npm run docs`. [The guide](../guide/devices.md) tells what is known of a device and from where.',
    '',
    '| Request | Does | Parameters | One of these cluster privileges |',
    '|---|---|---|---|',
    ...rows,
  ].join('\n')}\n`
}
