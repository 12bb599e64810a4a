import { unreachable } from '../core/errors.ts'
import type { Log } from '../core/log.ts'
import type { SecurityEventSink } from './security-event.ts'

/** Writes security events into the program's log: what went wrong at `warn`, the rest at `debug` and `info`. */
export function logSecurityEvents(log: Log): SecurityEventSink {
  return ({ kind, at: _at, origin, ...rest }) => {
    const fields = { ...origin, ...rest }
    switch (kind) {
      case 'authentication_failed':
        return log.warn(fields, 'authentication failed')
      case 'authentication_throttled':
        return log.warn(fields, 'authentication refused for now')
      case 'access_denied':
        return log.warn(fields, 'access denied')
      case 'security_changed':
        return log.info(fields, 'security changed')
      case 'authentication_success':
        return log.debug(fields, 'authenticated')
      case 'session_started':
      case 'session_ended':
        return log.debug(fields, 'session')
      default:
        return unreachable(kind)
    }
  }
}
