import { randomBytes } from 'node:crypto'
import { join } from 'node:path'
import type { StartOptions } from './cli/command.ts'
import { banner } from './compose/banner.ts'
import { startServices } from './compose/services.ts'
import { ConfigError } from './config/config-error.ts'
import { processEnvironment } from './config/environment.ts'
import { loadConfig, type LoadedConfig } from './config/load-config.ts'
import type { Config } from './config/schema.ts'
import type { Variables } from './config/variables.ts'
import { systemClock } from './core/time.ts'
import { version } from './core/version.ts'
import { lockDataFolder } from './runtime/data-lock.ts'
import { createLog, jsonLine, prettyLine, type LogSink } from './runtime/log.ts'
import { giveMemoryBackAtRest } from './runtime/memory-at-rest.ts'
import { RotatingFile } from './runtime/rotating-file.ts'
import { RunFolder } from './runtime/run-folder.ts'
import { ServiceStack } from './runtime/services.ts'
import { explainStartFailure } from './runtime/start-failure.ts'
import { listenForStopSignal } from './runtime/stop-signal.ts'

/** A service that does not stop within this time is left behind, so that the process ends. */
const STOP_LIMIT_MILLIS = 25_000

/**
 * Runs Elkhorn until it is told to stop: configuration, data folder, log, services in order; in reverse at the end.
 *
 * @returns the exit code: 1 when it could not start or could not stop in order
 */
export async function start({ config: path, overrides }: StartOptions): Promise<number> {
  let loaded: LoadedConfig
  try {
    loaded = await loadConfig(path, { overrides, environment: processEnvironment(), folder: process.cwd() })
  } catch (error) {
    if (!(error instanceof ConfigError)) throw error
    process.stderr.write(`${error.message}\n`)
    return 1
  }
  const { config, notes, variables } = loaded
  let unlock: () => Promise<void>
  try {
    unlock = await lockDataFolder(config.data.path)
  } catch (error) {
    process.stderr.write(`${(error as Error).message}\n`)
    return 1
  }
  try {
    return await runLocked(config, notes, variables)
  } finally {
    await unlock()
  }
}

/** CPU time of this process so far: says more than the clock on a machine that is busy with other things. */
const cpuMillis = (): number => {
  const { user, system } = process.cpuUsage()
  return Math.round((user + system) / 1000)
}

async function runLocked(config: Config, notes: readonly string[], variables: Variables): Promise<number> {
  const file = new RotatingFile(join(config.data.path, 'logs', 'elkhorn.log'), {
    maxBytes: config.log.max_size,
    keep: config.log.keep,
  })
  const color = process.stdout.isTTY && !processEnvironment()['NO_COLOR']
  const toFile: LogSink = (line) => file.write(jsonLine(line))
  const toTerminal: LogSink = (line) => void process.stdout.write(prettyLine(line, { color }))
  const log = createLog(config.log.level, [toFile, toTerminal], systemClock)
  const quietLog = createLog(config.log.level, [toFile], systemClock)
  const services = new ServiceStack({ stopLimitMs: STOP_LIMIT_MILLIS })
  const stopSignal = listenForStopSignal()
  const runFolder = new RunFolder(config.data.path)
  let exitCode = 0
  try {
    await file.open()
    await runFolder.clear()
    quietLog.info({ version, node: process.versions.node, data: config.data.path }, 'starts')
    for (const note of notes) log.warn({}, note)
    const localToken = randomBytes(32).toString('base64url')
    const { ports, password } = await startServices({ config, services, log, variables, localToken })
    await runFolder.writeToken(localToken)
    await runFolder.writePorts(ports, process.pid)
    const seconds = process.uptime()
    quietLog.info({ duration_ms: Math.round(seconds * 1000), cpu_ms: cpuMillis(), ...ports }, 'ready')
    process.stdout.write(banner(config, { ports, seconds, password }))
    const stopGivingBack = giveMemoryBackAtRest()
    const signal = await stopSignal.received
    stopGivingBack()
    process.stdout.write(`Elkhorn stops (${signal}): what it has taken is brought to disk. Once more ends it at once.\n`)
    quietLog.info({ signal }, 'stops')
  } catch (error) {
    const { text, unexpected } = explainStartFailure(error, config)
    quietLog.error(unexpected ? { error } : {}, text)
    process.stderr.write(`${text}\n`)
    exitCode = 1
  }
  stopSignal.release()
  await runFolder.clear().catch(() => undefined) // a full disk must not keep the services from stopping
  if (!(await services.stop(exitCode === 0 ? log : quietLog))) exitCode = 1
  quietLog.info({}, 'stopped')
  await file.close()
  if (exitCode === 0) process.stdout.write('Elkhorn has stopped.\n')
  return exitCode
}
