import { z } from 'zod'
import { addTag } from '../../core/event.ts'
import { fieldText } from '../../core/event-json.ts'
import { fieldPath } from '../../core/field-path.ts'
import { DEFAULT_PRIORITY, facilityOf, severityOf } from '../../protocols/syslog/priority.ts'
import { ecsCompatibility } from '../ecs-option.ts'
import { text } from '../options.ts'
import { defineFilter } from '../plugin.ts'
import { syslogLabelOptions } from '../syslog-labels.ts'

export const syslogPri = defineFilter({
  name: 'syslog_pri',
  summary: 'Makes facility and severity of the priority of a syslog message.',
  config: z.strictObject({
    syslog_pri_field_name: text()
      .optional()
      .describe('Field that holds the priority: `[log][syslog][priority]` when absent, `syslog_pri` without ECS.'),
    ...syslogLabelOptions,
    ecs_compatibility: ecsCompatibility(),
  }),
  examples: [
    {
      title: 'Names of the Elastic Common Schema',
      config: { syslog_pri_field_name: 'pri' },
      in: { pri: '34' },
      out: {
        pri: '34',
        log: { syslog: { facility: { code: 4, name: 'security/authorization' }, severity: { code: 2, name: 'Critical' } } },
      },
    },
    {
      title: 'Older names, and a message without a priority',
      config: { ecs_compatibility: 'disabled' },
      in: {},
      out: {
        syslog_facility_code: 1,
        syslog_facility: 'user-level',
        syslog_severity_code: 5,
        syslog_severity: 'notice',
      },
    },
  ],
  create(options, context) {
    const ecs = (options.ecs_compatibility ?? context.ecs) !== 'disabled'
    const source = fieldPath(options.syslog_pri_field_name ?? (ecs ? '[log][syslog][priority]' : 'syslog_pri'))
    const path = (modern: string, older: string) => fieldPath(ecs ? modern : older)
    const facilityCode = path('[log][syslog][facility][code]', 'syslog_facility_code')
    const facilityName = path('[log][syslog][facility][name]', 'syslog_facility')
    const severityCode = path('[log][syslog][severity][code]', 'syslog_severity_code')
    const severityName = path('[log][syslog][severity][name]', 'syslog_severity')
    // Without ECS, Logstash writes severities in small letters.
    const severityLabels = ecs ? options.severity_labels : options.severity_labels.map((label) => label.toLowerCase())
    return {
      process(event) {
        const given = source.get(event)
        const first = Array.isArray(given) ? given[0] : given
        const priority = first === undefined || first === null ? DEFAULT_PRIORITY : Number(fieldText(first))
        if (!Number.isInteger(priority) || priority < 0 || priority > 191) {
          addTag(event, '_syslogpriparsefailure')
          return 'unmatched'
        }
        facilityCode.set(event, facilityOf(priority))
        severityCode.set(event, severityOf(priority))
        if (options.use_labels) {
          const facility = options.facility_labels[facilityOf(priority)]
          const severity = severityLabels[severityOf(priority)]
          if (facility !== undefined) facilityName.set(event, facility)
          if (severity !== undefined) severityName.set(event, severity)
        }
        return 'matched'
      },
    }
  },
})
