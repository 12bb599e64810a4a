import { clusterActions, indexActions, type ClusterAction, type IndexAction } from '../core/actions.ts'
import type { Route } from './http/route.ts'
import { deviceEndpoints, type Endpoint } from './routes/devices.ts'
import { allRoutes, type RouteParts } from './routes/all-routes.ts'

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

/** The page `docs/reference/rest.md`: every endpoint on 9200, with the parameters that it reads and the privilege that it takes. */
export function restReference(): string {
  return [
    '# REST API',
    '',
    'Made from the code by `npm run docs`; do not edit. What listens on 9200 is the API of Elasticsearch: these are the requests',
    'that are answered, with the parameters beside the common ones (`pretty`, `human`, `error_trace`, `filter_path`, `format`) and the',
    'smallest privilege that allows them. Any other path is refused as Elasticsearch refuses it. Own endpoints are under',
    '`/_elkhorn`; [those of devices](devices.md) have their own page.',
    '',
    ...[...byPart()]
      .toSorted(([a], [b]) => (a < b ? -1 : 1))
      .flatMap(([part, group]) => [
        `## ${part}`,
        '',
        '| Request | Parameters | Privilege |',
        '|---|---|---|',
        ...group.map(row),
        '',
      ]),
  ].join('\n')
}

type AnyRoute = Pick<Route<never>, 'methods' | 'paths' | 'action' | 'params'>

/** What is answered on 9200, without the services that answer. */
export function endpoints(): readonly AnyRoute[] {
  // Nothing is asked of them, so nothing has to be there that answers.
  return allRoutes({ security: {}, devices: {}, sample: {}, pipelines: {}, version: '' } as RouteParts)
}

/** Routes by the first part of their path that is a name of the API: `_search`, `_cat`. */
function byPart(): Map<string, AnyRoute[]> {
  const groups = new Map<string, AnyRoute[]>()
  for (const route of endpoints()) {
    const part = partOf(route)
    const group = groups.get(part)
    if (group) group.push(route)
    else groups.set(part, [route])
  }
  return groups
}

function partOf({ paths }: AnyRoute): string {
  const parts = paths.flatMap((path) => path.split('/')).filter((part) => part.startsWith('_'))
  return parts[0] ?? 'Indices and the root'
}

function row({ methods, paths, action, params = [] }: AnyRoute): string {
  const requests = paths.map((path) => `\`${methods.join(', ')} ${path}\``).join('<br>')
  return `| ${requests} | ${params.map((name) => `\`${name}\``).join(', ')} | ${privilege(action)} |`
}

function privilege(action: AnyRoute['action']): string {
  if (action === 'public') return 'none'
  const granting = isIndexAction(action) ? indexActions[action] : clusterActions[action]
  if (granting.length === 0) return 'of anybody who is signed in'
  return `\`${granting[0]}\` of the ${isIndexAction(action) ? 'index' : 'cluster'}`
}

const isIndexAction = (action: IndexAction | ClusterAction): action is IndexAction => Object.hasOwn(indexActions, action)
