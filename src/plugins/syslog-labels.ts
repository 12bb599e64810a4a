import { FACILITY_LABELS, SEVERITY_LABELS } from '../protocols/syslog/priority.ts'
import { flag, list } from './options.ts'

/** Options of plug-ins that read the priority of a syslog message. */
export const syslogLabelOptions = {
  use_labels: flag().default(true).describe('Whether facility and severity get their names, too.'),
  facility_labels: list()
    .default([...FACILITY_LABELS])
    .describe('Names of facilities, by code.'),
  severity_labels: list()
    .default([...SEVERITY_LABELS])
    .describe('Names of severities, by code.'),
} as const
