import { readFile } from 'node:fs/promises'
import { z } from 'zod'
import type { Event, Fields } from '../../core/event.ts'
import { fieldPath } from '../../core/field-path.ts'
import { float } from '../../core/float.ts'
import { reasonOf } from '../../core/reason.ts'
import { Timestamp } from '../../core/timestamp.ts'
import { decodeCollectd, type CollectdRecord } from '../../protocols/collectd/decode.ts'
import { ecsCompatibility } from '../ecs-option.ts'
import { MissingFileError } from '../missing-file.ts'
import { choice, flag, ignored, list, number, path, text } from '../options.ts'
import { defineCodec } from '../plugin.ts'
import { Trouble } from '../trouble.ts'
import { decodedEvent } from './decoded.ts'

/** Names of the values of types that have several, as collectd's own `types.db` gives them. */
const TYPES: Readonly<Record<string, readonly string[]>> = {
  compression: ['uncompressed', 'compressed'],
  df: ['used', 'free'],
  disk_latency: ['read', 'write'],
  disk_merged: ['read', 'write'],
  disk_octets: ['read', 'write'],
  disk_ops: ['read', 'write'],
  disk_time: ['read', 'write'],
  disk_io_time: ['io_time', 'weighted_io_time'],
  dns_octets: ['queries', 'responses'],
  if_dropped: ['rx', 'tx'],
  if_errors: ['rx', 'tx'],
  if_octets: ['rx', 'tx'],
  if_packets: ['rx', 'tx'],
  io_octets: ['rx', 'tx'],
  io_packets: ['rx', 'tx'],
  load: ['shortterm', 'midterm', 'longterm'],
  memcached_octets: ['rx', 'tx'],
  mysql_octets: ['rx', 'tx'],
  node_octets: ['rx', 'tx'],
  ps_count: ['processes', 'threads'],
  ps_cputime: ['user', 'syst'],
  ps_disk_octets: ['read', 'write'],
  ps_disk_ops: ['read', 'write'],
  ps_pagefaults: ['minflt', 'majflt'],
  serial_octets: ['rx', 'tx'],
  swap_io: ['in', 'out'],
  vmpaging: ['minflt', 'majflt'],
  vmpage_faults: ['minflt', 'majflt'],
  vmpage_io: ['in', 'out'],
  voltage_threshold: ['value', 'threshold'],
}

export const collectd = defineCodec({
  name: 'collectd',
  summary: 'Packets of collectd’s network plug-in, of a udp input: an event for each value list and notification.',
  config: z.strictObject({
    typesdb: list()
      .default([])
      .describe('Files that name the values of types, such as `/usr/share/collectd/types.db`. The usual types are known.'),
    target: text().optional().describe('Field that gets what was sent. The root of the event when absent.'),
    nan_handling: choice('change_value', 'warn', 'drop')
      .default('change_value')
      .describe('What is done about values that are no number.'),
    nan_value: number().default(0).describe('What such a value becomes.'),
    nan_tag: text().default('_collectdNaN').describe('Tag of events with such a value.'),
    security_level: choice('None', 'Sign', 'Encrypt')
      .default('None')
      .refine((level) => level === 'None', { error: 'packets that are signed or encrypted are not checked: only None works' })
      .describe('Only `None` works: packets are neither checked nor decrypted.'),
    authfile: path().optional().describe('Not read: see `security_level`.'),
    prune_intervals: flag().default(true).describe('Accepted: what only tells intervals makes no events.'),
    ignored_types: ignored('use a drop filter'),
    ecs_compatibility: ecsCompatibility(),
  }),
  examples: [
    {
      title: 'The load of a machine',
      config: {},
      in: {
        hex: '00000008776562000001000c00000000663212a0000200096c6f616400000400096c6f616400000600210003010101000000000000f83f0000000000000040000000000000e03f',
      },
      out: [
        {
          host: 'web',
          '@timestamp': '2024-05-01T10:00:00.000Z',
          plugin: 'load',
          collectd_type: 'load',
          shortterm: 1.5,
          midterm: 2,
          longterm: 0.5,
        },
      ],
    },
    { title: 'No packet', config: {}, in: 'abc', out: [] },
  ],
  create(options, { log }) {
    const target = options.target === undefined ? undefined : fieldPath(options.target)
    const types = new Map(Object.entries(TYPES))
    const trouble = new Trouble(log)
    const eventOf = (record: CollectdRecord, sizeBytes: number): Event | undefined => {
      const { fields, isWhole } = fieldsOf(record, types.get(record.type), options.nan_value)
      if (!isWhole && options.nan_handling === 'drop') return undefined
      const event = decodedEvent({ '@timestamp': new Timestamp(Math.round(record.time * 1000)) }, sizeBytes)
      if (target === undefined) Object.assign(event.fields, fields)
      else target.set(event, fields)
      if (!isWhole) event.fields['tags'] = [options.nan_tag]
      if (!isWhole && options.nan_handling === 'warn') trouble.tell('a value is no number', record.type)
      return event
    }
    return {
      async open() {
        for (const file of options.typesdb) {
          const written = await readFile(file, 'utf8').catch((error: unknown) =>
            Promise.reject(new MissingFileError(file, error)),
          )
          for (const [name, values] of parseTypes(written)) types.set(name, values)
        }
      },
      decoder: () => ({
        decode(bytes) {
          try {
            return decodeCollectd(Buffer.from(bytes)).flatMap((record) => eventOf(record, bytes.length) ?? [])
          } catch (error) {
            trouble.tell('a packet could not be read', reasonOf(error))
            return []
          }
        },
        end: () => [],
      }),
      encode() {
        throw new Error('the collectd codec reads only: use it with inputs')
      },
    }
  },
})

/** Lines of a name and its values: `load shortterm:GAUGE:0:5000, midterm:GAUGE:0:5000`. */
function parseTypes(written: string): readonly (readonly [string, readonly string[]])[] {
  return written.split('\n').flatMap((line) => {
    const [, name, values] = /^\s*([^#\s]\S*)\s+(.+)$/.exec(line) ?? []
    if (name === undefined || values === undefined) return []
    return [[name, values.split(',').map((one) => one.trim().split(':')[0] ?? 'value')] as const]
  })
}

/** `isWhole`: whether all values are numbers. */
function fieldsOf(record: CollectdRecord, names: readonly string[] | undefined, nan: number) {
  const { values, message, severity } = record
  const fields: Fields = { host: record.host, plugin: record.plugin, collectd_type: record.type }
  if (record.pluginInstance !== '') fields['plugin_instance'] = record.pluginInstance
  if (record.typeInstance !== '') fields['type_instance'] = record.typeInstance
  if (message !== undefined) fields['message'] = message
  if (message !== undefined && severity !== undefined) fields['severity'] = severity
  let isWhole = true
  for (const [i, value] of values.entries()) {
    const name = names?.[i] ?? (i === 0 && values.length === 1 ? 'value' : `value${i}`)
    if (typeof value === 'number' && Number.isNaN(value)) isWhole = false
    fields[name] = typeof value === 'bigint' ? value : float(Number.isNaN(value) ? nan : value)
  }
  return { fields, isWhole }
}
