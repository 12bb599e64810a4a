/** A field of ArcSight's format: its long name, and where the Elastic Common Schema keeps it. */
export interface CefField {
  readonly plain: string
  readonly ecs: string
  readonly time?: boolean
}

/** The seven parts before the pairs. */
export const CEF_HEADERS: readonly CefField[] = [
  { plain: 'cefVersion', ecs: '[cef][version]' },
  { plain: 'deviceVendor', ecs: '[observer][vendor]' },
  { plain: 'deviceProduct', ecs: '[observer][product]' },
  { plain: 'deviceVersion', ecs: '[observer][version]' },
  { plain: 'deviceEventClassId', ecs: '[event][code]' },
  { plain: 'name', ecs: '[cef][name]' },
  { plain: 'severity', ecs: '[event][severity]' },
]

const NAMED: readonly (readonly [key: string, plain: string, ecs: string, time?: true])[] = [
  ['act', 'deviceAction', '[event][action]'],
  ['app', 'applicationProtocol', '[network][protocol]'],
  ['c6a1', 'deviceCustomIPv6Address1', '[cef][device_custom_ipv6_address_1][value]'],
  ['cat', 'deviceEventCategory', '[cef][category]'],
  ['cnt', 'baseEventCount', '[cef][base_event_count]'],
  ['destinationServiceName', 'destinationServiceName', '[destination][service][name]'],
  ['deviceExternalId', 'deviceExternalId', '[observer][name]'],
  ['deviceFacility', 'deviceFacility', '[log][syslog][facility][code]'],
  ['deviceInboundInterface', 'deviceInboundInterface', '[observer][ingress][interface][name]'],
  ['deviceOutboundInterface', 'deviceOutboundInterface', '[observer][egress][interface][name]'],
  ['deviceProcessName', 'deviceProcessName', '[process][name]'],
  ['dhost', 'destinationHostName', '[destination][domain]'],
  ['dmac', 'destinationMacAddress', '[destination][mac]'],
  ['dntdom', 'destinationNtDomain', '[destination][registered_domain]'],
  ['dpid', 'destinationProcessId', '[destination][process][pid]'],
  ['dpriv', 'destinationUserPrivileges', '[destination][user][group][name]'],
  ['dproc', 'destinationProcessName', '[destination][process][name]'],
  ['dpt', 'destinationPort', '[destination][port]'],
  ['dst', 'destinationAddress', '[destination][ip]'],
  ['dtz', 'deviceTimeZone', '[event][timezone]'],
  ['duid', 'destinationUserId', '[destination][user][id]'],
  ['duser', 'destinationUserName', '[destination][user][name]'],
  ['dvc', 'deviceAddress', '[observer][ip]'],
  ['dvchost', 'deviceHostName', '[observer][hostname]'],
  ['dvcmac', 'deviceMacAddress', '[observer][mac]'],
  ['dvcpid', 'deviceProcessId', '[process][pid]'],
  ['end', 'endTime', '[event][end]', true],
  ['externalId', 'externalId', '[event][id]'],
  ['fileHash', 'fileHash', '[file][hash]'],
  ['filePath', 'filePath', '[file][path]'],
  ['fname', 'filename', '[file][name]'],
  ['fsize', 'fileSize', '[file][size]'],
  ['in', 'bytesIn', '[source][bytes]'],
  ['msg', 'message', 'message'],
  ['out', 'bytesOut', '[destination][bytes]'],
  ['outcome', 'eventOutcome', '[event][outcome]'],
  ['proto', 'transportProtocol', '[network][transport]'],
  ['reason', 'reason', '[event][reason]'],
  ['request', 'requestUrl', '[url][original]'],
  ['requestClientApplication', 'requestClientApplication', '[user_agent][original]'],
  ['requestContext', 'requestContext', '[http][request][referrer]'],
  ['requestMethod', 'requestMethod', '[http][request][method]'],
  ['rt', 'deviceReceiptTime', '@timestamp', true],
  ['shost', 'sourceHostName', '[source][domain]'],
  ['smac', 'sourceMacAddress', '[source][mac]'],
  ['sntdom', 'sourceNtDomain', '[source][registered_domain]'],
  ['spid', 'sourceProcessId', '[source][process][pid]'],
  ['spriv', 'sourceUserPrivileges', '[source][user][group][name]'],
  ['sproc', 'sourceProcessName', '[source][process][name]'],
  ['spt', 'sourcePort', '[source][port]'],
  ['src', 'sourceAddress', '[source][ip]'],
  ['start', 'startTime', '[event][start]', true],
  ['suid', 'sourceUserId', '[source][user][id]'],
  ['suser', 'sourceUserName', '[source][user][name]'],
]

/** Custom values come with a label: `cs1`, `cs1Label` … */
const CUSTOM: readonly (readonly [key: string, plain: string, ecs: string, count: number])[] = [
  ['cs', 'deviceCustomString', 'device_custom_string', 6],
  ['cn', 'deviceCustomNumber', 'device_custom_number', 3],
  ['cfp', 'deviceCustomFloatingPoint', 'device_custom_floating_point', 4],
]

const custom = CUSTOM.flatMap(([key, plain, ecs, count]) =>
  Array.from({ length: count }, (_, i) => i + 1).flatMap((n): [string, CefField][] => [
    [`${key}${n}`, { plain: `${plain}${n}`, ecs: `[cef][${ecs}_${n}][value]` }],
    [`${key}${n}Label`, { plain: `${plain}${n}Label`, ecs: `[cef][${ecs}_${n}][label]` }],
  ]),
)

/** Names in pairs, as ArcSight abbreviates them. Source: ArcSight CEF Implementation Standard, and logstash-codec-cef's table. */
export const CEF_FIELDS: Readonly<Record<string, CefField>> = Object.assign(
  Object.create(null) as Record<string, CefField>,
  Object.fromEntries(NAMED.map(([key, plain, ecs, time]) => [key, { plain, ecs, ...(time && { time }) }])),
  Object.fromEntries(custom),
)
