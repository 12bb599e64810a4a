import type { Fields, FieldValue } from '../../core/event.ts'
import { DEFAULT_PRIORITY, facilityOf, severityOf } from '../../protocols/syslog/priority.ts'
import type { SyslogMessage } from '../../protocols/syslog/message.ts'

export interface SyslogLabels {
  readonly facilities: readonly string[]
  readonly severities: readonly string[]
}

/** Facility and severity of a priority, with the names of the Elastic Common Schema. */
export function ecsPriority(priority: number, labels: SyslogLabels | undefined): Fields {
  const coded = (code: number, name: string | undefined): Fields => ({ code, ...(name !== undefined && { name }) })
  return {
    priority,
    facility: coded(facilityOf(priority), labels?.facilities[facilityOf(priority)]),
    severity: coded(severityOf(priority), labels?.severities[severityOf(priority)]),
  }
}

/** Facility and severity of a priority, with Logstash's older names. */
export function legacyPriority(priority: number, labels: SyslogLabels | undefined): Fields {
  const facility = labels?.facilities[facilityOf(priority)]
  const severity = labels?.severities[severityOf(priority)]
  return {
    priority,
    facility: facilityOf(priority),
    severity: severityOf(priority),
    ...(facility !== undefined && { facility_label: facility }),
    ...(severity !== undefined && { severity_label: severity }),
  }
}

/** A message as the fields of an event, with the names of the Elastic Common Schema. */
export function ecsSyslogFields(message: SyslogMessage, labels: SyslogLabels | undefined): Fields {
  const { program, processId, hostname, messageId, version, structuredData } = message
  return {
    log: {
      syslog: {
        ...ecsPriority(message.priority ?? DEFAULT_PRIORITY, labels),
        ...(version !== undefined && { version: String(version) }),
        ...(program !== undefined && message.format === 'rfc5424' && { appname: program }),
        ...(processId !== undefined && message.format === 'rfc5424' && { procid: processId }),
        ...(messageId !== undefined && { msgid: messageId }),
        ...(structuredData !== undefined && { structured_data: structuredFields(structuredData) }),
      },
    },
    ...((program !== undefined || processId !== undefined) && {
      process: {
        ...(program !== undefined && { name: program }),
        ...(processId !== undefined && { pid: processNumber(processId) }),
      },
    }),
    ...(hostname !== undefined && { host: { hostname } }),
    service: { type: 'system' },
    message: message.text,
  }
}

/** A message as the fields of an event, with Logstash's older names. */
export function legacySyslogFields(message: SyslogMessage, labels: SyslogLabels | undefined): Fields {
  const { program, processId, hostname, messageId, structuredData, timestamp } = message
  return {
    ...legacyPriority(message.priority ?? DEFAULT_PRIORITY, labels),
    ...(timestamp !== undefined && { [message.format === 'rfc5424' ? 'timestamp8601' : 'timestamp']: timestamp }),
    ...(hostname !== undefined && { logsource: hostname }),
    ...(program !== undefined && { program }),
    ...(processId !== undefined && { pid: processId }),
    ...(messageId !== undefined && { msgid: messageId }),
    ...(structuredData !== undefined && { structured_data: structuredFields(structuredData) }),
    message: message.text,
  }
}

function processNumber(text: string): FieldValue {
  return /^\d{1,15}$/.test(text) ? Number(text) : text
}

function structuredFields(data: Readonly<Record<string, Readonly<Record<string, string>>>>): Fields {
  return Object.fromEntries(Object.entries(data).map(([id, parameters]) => [id, { ...parameters }]))
}
