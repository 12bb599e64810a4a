import { silentLog } from '../core/log.ts'
import { hostAliases } from './host-aliases.ts'
import type { Platform, PluginContext } from './context.ts'
import { PipelineBus } from './pipeline-bus.ts'

/** 2024-05-01T10:00:00Z: what the clock of tests and of `pipeline test` examples says. */
export const EXAMPLE_NOW = Date.UTC(2024, 4, 1, 10)

/** A platform that stores nothing: for the examples of plug-ins, and tests of one plug-in alone. */
export const examplePlatform: Platform = {
  log: silentLog,
  clock: { now: () => EXAMPLE_NOW },
  dataDir: '/nonexistent',
  hostname: 'example-host',
  write: () => Promise.reject(new Error('there is no store')),
  authenticateDevice: () => Promise.resolve({ allowed: false, reason: 'there are no devices' }),
}

export function testContext(): PluginContext {
  return {
    log: silentLog,
    clock: examplePlatform.clock,
    hostname: examplePlatform.hostname,
    pipeline: 'test',
    pluginId: 'test_1',
    dataDir: '/nonexistent',
    lenient: true,
    ecs: 'v8',
    hosts: hostAliases({ storeHosts: [], brokerHosts: [], storePorts: [9200], brokerPorts: [1883], lenient: true }),
    platform: examplePlatform,
    bus: new PipelineBus(),
    warn: () => undefined,
  }
}
