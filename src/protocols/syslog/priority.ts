/** Names of facilities by code, as Logstash spells them (RFC 3164 §4.1.1, RFC 5424 §6.2.1). */
export const FACILITY_LABELS: readonly string[] = [
  'kernel',
  'user-level',
  'mail',
  'system',
  'security/authorization',
  'syslogd',
  'line printer',
  'network news',
  'UUCP',
  'clock',
  'security/authorization',
  'FTP',
  'NTP',
  'log audit',
  'log alert',
  'clock',
  'local0',
  'local1',
  'local2',
  'local3',
  'local4',
  'local5',
  'local6',
  'local7',
]

/** Names of severities by code, likewise. */
export const SEVERITY_LABELS: readonly string[] = [
  'Emergency',
  'Alert',
  'Critical',
  'Error',
  'Warning',
  'Notice',
  'Informational',
  'Debug',
]

/** Priority of a message that states none: facility user-level, severity notice (RFC 3164 §4.3.3). */
export const DEFAULT_PRIORITY = 13

/** A priority is eight times the facility plus the severity. */
export function facilityOf(priority: number): number {
  return priority >> 3
}

export function severityOf(priority: number): number {
  return priority & 7
}
