import type { Config } from '../config/schema.ts'
import { version } from '../core/version.ts'
import type { Ports } from '../runtime/run-folder.ts'

/** What a person sees when everything runs: where it is, how to get in, what to try. */
export function banner(
  config: Config,
  { ports, seconds, password }: { readonly ports: Ports; readonly seconds: number; readonly password: string | undefined },
): string {
  const scheme = config.tls.certificate === undefined ? 'http' : 'https'
  const host = ['0.0.0.0', '::'].includes(config.network.host) ? '127.0.0.1' : config.network.host
  const at = (kind: string, name: string): string | undefined =>
    ports[name] === undefined ? undefined : `${kind}://${host}:${ports[name]}`
  const rows: (readonly [string, string | undefined])[] = [
    ['Page', at(scheme, 'ui')],
    ['REST API', at(scheme, 'api')],
    ['MQTT', at('mqtt', 'mqtt')],
    ['MQTT, TLS', at('mqtts', 'mqtts')],
    ['Monitoring', at('http', 'monitoring')],
    ['Data', config.data.path],
    ['Sign in', password === undefined ? 'as elastic' : `as elastic, password ${password}`],
  ]
  const lines = rows.filter(([, value]) => value !== undefined).map(([name, value]) => `  ${name.padEnd(12)}${value}`)
  const hints = [
    ...(password === undefined
      ? []
      : ['The password is shown this once; bin/elkhorn users reset-password elastic makes a new one.']),
    ...(config.sample.enabled
      ? ['The sample factory runs; bin/elkhorn sample --fault bearing:press-07 breaks something, --no-sample leaves it out.']
      : []),
    'Ctrl-C stops it.',
  ]
  return `\nElkhorn ${version} is ready (${seconds.toFixed(1)} s).\n\n${lines.join('\n')}\n\n${hints.join('\n')}\n\n`
}
