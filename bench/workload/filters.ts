import { seededRandom, type Random } from '../../src/sample/random.ts'

/* Filters as users write them, and what they are fed: seeded, so every run of every machine sees the same. */

/** A web server's combined log, with the field names that are the default. */
export const COMBINED_FILTER = 'filter { grok { match => { "message" => "%{COMBINEDAPACHELOG}" } } }'

/** Units and a heat index of sensor readings, in Ruby. */
export const NORMALIZE_FILTER = `filter {
  mutate { convert => { "temperature" => "float" "humidity" => "float" "pressure" => "float" "battery" => "float" } }
  if [temperature_unit] == "F" {
    ruby {
      code => "
        temp_f = event.get('temperature').to_f
        temp_c = (temp_f - 32) * 5.0/9.0
        event.set('temperature', temp_c.round(2))
        event.set('temperature_unit', 'C')
      "
    }
  }
  ruby {
    code => "
      if event.get('temperature') && event.get('humidity')
        temp = event.get('temperature').to_f
        hum = event.get('humidity').to_f
        hi = 0.5 * (temp + 61.0 + ((temp - 68.0) * 1.2) + (hum * 0.094))
        event.set('heat_index', hi.round(2))
      end
    "
  }
}`

/** Lines of an application, with and without milliseconds, the time that they tell, and the stream that they go to. */
export const APPLICATION_FILTER = `filter {
  grok {
    match => {
      "message" => [
        "^%{WORD:log_level}\\|%{DATA:logger_name}\\|%{TIMESTAMP_ISO8601:log_timestamp}\\.%{INT:log_ms}\\|%{GREEDYDATA:log_message}$",
        "^%{WORD:log_level}\\|%{DATA:logger_name}\\|%{TIMESTAMP_ISO8601:log_timestamp}\\|%{GREEDYDATA:log_message}$"
      ]
    }
  }
  mutate {
    replace => {
      "[data_stream][type]" => "logs"
      "[data_stream][namespace]" => "pt"
      "[data_stream][dataset]" => "%{[service]}"
      "[event][module]" => "pt"
    }
  }
  if "_grokparsefailure_pt" not in [tags] and [log_timestamp] {
    date {
      match => ["log_timestamp", "ISO8601", "yyyy-MM-dd'T'HH:mm:ss"]
      target => "@timestamp"
    }
  }
}`

const AGENTS = [
  'Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/124.0.0.0 Safari/537.36',
  'Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/17.4 Safari/605.1.15',
  'Mozilla/5.0 (X11; Linux x86_64; rv:125.0) Gecko/20100101 Firefox/125.0',
  'curl/8.5.0',
]
const PATHS = ['/', '/api/v1/parcels', '/static/js/app.3f2a91.js', '/account/orders?page=3&sort=-date', '/health']
const LOGGERS = ['apps.parcels.views', 'apps.parcels.tasks', 'django.request', 'django.db.backends', 'aws.s3.client']
const TEXTS = [
  'parcel was scanned',
  'label printed',
  'timeout while waiting for the carrier',
  'user logged in',
  'retry of a delivery',
]
const DAY = Date.UTC(2024, 4, 1)

const one = <T>(from: readonly T[], random: Random): T => from[Math.floor(random() * from.length)] as T

/** Lines of nginx's format `combined`. Mean length about 220 bytes. */
export function combinedLines(count: number): string[] {
  const random = seededRandom('combined')
  return Array.from({ length: count }, (_, n) => {
    const address = `10.${n % 200}.${Math.floor(random() * 256)}.${Math.floor(random() * 256)}`
    const time = new Date(DAY + n * 37).toISOString()
    const at = `01/May/2024:${time.slice(11, 19)} +0000`
    const status = one([200, 200, 200, 200, 304, 404, 500], random)
    const referrer = random() < 0.5 ? '-' : `https://shop.example.org${one(PATHS, random)}`
    const user = random() < 0.1 ? 'anna' : '-'
    return `${address} - ${user} [${at}] "GET ${one(PATHS, random)} HTTP/1.1" ${status} ${Math.floor(random() * 50_000)} "${referrer}" "${one(AGENTS, random)}"`
  })
}

/** Lines of sshd, which are no lines of a web server. */
export function foreignLines(count: number): string[] {
  const random = seededRandom('foreign')
  return Array.from({ length: count }, () => {
    const user = one(['root', 'admin', 'oracle', 'test', 'pi'], random)
    const address = `203.0.113.${Math.floor(random() * 256)}`
    return `May  1 10:00:${10 + Math.floor(random() * 50)} host sshd[${Math.floor(random() * 32_000)}]: Failed password for invalid user ${user} from ${address} port ${Math.floor(random() * 65_000)} ssh2`
  })
}

/** A reading of a sensor; half of them in Fahrenheit. */
export function reading(n: number): Record<string, string> {
  const value = String(60 + (n % 400) / 10)
  return {
    temperature: value,
    temperature_unit: n % 2 === 0 ? 'F' : 'C',
    humidity: String(30 + (n % 50)),
    pressure: '1013.2',
    battery: '87',
  }
}

/** What a sender with no more than it needs makes of a line of an application: about 250 bytes of JSON. */
export function shortEvent(n: number): Record<string, unknown> {
  const { '@timestamp': at, '@metadata': metadata, message, group, service, host } = filebeatEvent(n)
  return { '@timestamp': at, '@metadata': metadata, message, group, service, host }
}

/** What Filebeat sends of a line of an application: about 560 bytes of JSON. */
export function filebeatEvent(n: number): Record<string, unknown> {
  const random = seededRandom(`filebeat ${n}`)
  const at = new Date(DAY + n * 7).toISOString()
  const millis = n % 3 === 0 ? '' : `.${at.slice(20, 23)}`
  const level = one(['INFO', 'INFO', 'INFO', 'WARNING', 'ERROR', 'DEBUG'], random)
  return {
    '@timestamp': at,
    '@metadata': { beat: 'filebeat', type: '_doc', version: '8.13.2' },
    message: `${level}|${one(LOGGERS, random)}|${at.slice(0, 19)}${millis}|${one(TEXTS, random)} id=${Math.floor(random() * 1e9)}`,
    group: 'pt',
    service: 'django',
    input: { type: 'log' },
    log: { offset: n * 97, file: { path: '/var/log/app/django.log' } },
    ecs: { version: '8.0.0' },
    host: { name: `app-${n % 6}` },
    agent: {
      id: '0b7e8a40-5f0f-4b64-9a0b-6f6d0c2f7b11',
      name: `app-${n % 6}`,
      type: 'filebeat',
      version: '8.13.2',
      ephemeral_id: 'd2a1f0c5-0c5e-4d3e-8f4a-13f7b2c90e55',
    },
  }
}
