import type { Principal } from '../core/access.ts'

/** Roles whose people may save dashboards, data views and searches; everybody signed in may look at them. */
const EDITORS: ReadonlySet<string> = new Set(['superuser', 'editor', 'kibana_admin'])

export function mayEdit({ roles }: Principal): boolean {
  return roles.some((role) => EDITORS.has(role))
}
