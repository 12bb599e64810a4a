import type { ApiContext } from '../api-context.ts'
import { plainText, type Route } from '../http/route.ts'

/** `GET /_cat`: which tables there are. */
export function catHelpRoute(tables: readonly Route<ApiContext>[]): Route<ApiContext> {
  const paths = tables.flatMap((route) => route.paths)
  const text = `=^.^=\n${paths.map((path) => `${path}\n`).join('')}`
  return {
    methods: ['GET'],
    paths: ['/_cat'],
    action: 'cluster:monitor/main',
    plain: true,
    handler: () => plainText(text),
  }
}
