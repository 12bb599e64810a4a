import type { Config } from '../config/schema.ts'

/**
 * The one line that a failed start prints. What is the user's to solve is named with its solution; anything else is
 * `unexpected` and worth a stack trace.
 */
export function explainStartFailure(error: unknown, config: Config): { readonly text: string; readonly unexpected: boolean } {
  const known = explainSystemError(rootCause(error), config)
  if (known) return { text: known, unexpected: false }
  return { text: error instanceof Error ? error.message : String(error), unexpected: true }
}

function rootCause(error: unknown): unknown {
  let at = error
  while (at instanceof Error && (at as NodeJS.ErrnoException).code === undefined && at.cause !== undefined) at = at.cause
  return at
}

function explainSystemError(error: unknown, config: Config): string | undefined {
  const { code, port, address, path } = error as { code?: string; port?: number; address?: string; path?: string }
  switch (code) {
    case 'EADDRINUSE': {
      const key = portKey(config, port)
      return `port ${port} is taken by another program${key ? `; free it, or choose another with --set ${key}=PORT (0 takes a free one)` : ''}`
    }
    case 'EADDRNOTAVAIL':
      return `this machine has no address [${address}]; set network.host to one of its own`
    case 'EACCES':
    case 'EPERM':
      if (port !== undefined) {
        return `port ${port} may not be opened by this user; choose one above 1023 with --set ${portKey(config, port) ?? 'api.port'}=PORT`
      }
      return `permission denied: [${path ?? config.data.path}]`
    case 'ENOSPC':
    case 'EDQUOT':
      return `the disk is full: data folder [${config.data.path}]`
    case 'EROFS':
      return `the file system is read-only: [${path ?? config.data.path}]`
    default:
      return undefined
  }
}

/** The key whose value the port is. */
function portKey(config: Config, port: number | undefined): string | undefined {
  const { api, ui, mqtt, beats, monitoring } = config
  if (port === mqtt.tls_port) return 'mqtt.tls_port'
  const sections = { api, ui, mqtt, beats, monitoring }
  const section = Object.entries(sections).find(([, one]) => one.port === port)
  return section && `${section[0]}.port`
}
