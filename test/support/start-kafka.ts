import { execFile, spawn, type ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { mkdir, writeFile } from 'node:fs/promises'
import { createConnection } from 'node:net'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { findFreePorts } from './free-port.ts'
import { findOnMaven } from './maven.ts'

const run = promisify(execFile)
const VERSION = '3.9.1'

/** Where Java finds Kafka; `undefined` where it cannot be had. */
export const findKafka = (): Promise<string | undefined> => findOnMaven('org.apache.kafka', 'kafka_2.13', VERSION)

export interface RunningKafka {
  readonly port: number
  stop(): Promise<void>
  /** The same broker, with what it keeps. */
  start(): Promise<void>
}

/** One broker without ZooKeeper, its data in a folder. */
export async function startKafka(classpath: string, folder: string): Promise<RunningKafka> {
  const [port = 0, controller = 0] = await findFreePorts(2)
  const settings = join(folder, 'server.properties')
  const lines = {
    'process.roles': 'broker,controller',
    'node.id': '1',
    'controller.quorum.voters': `1@127.0.0.1:${controller}`,
    listeners: `PLAINTEXT://127.0.0.1:${port},CONTROLLER://127.0.0.1:${controller}`,
    'advertised.listeners': `PLAINTEXT://127.0.0.1:${port}`,
    'controller.listener.names': 'CONTROLLER',
    'log.dirs': join(folder, 'logs'),
    'offsets.topic.replication.factor': '1',
    'offsets.topic.num.partitions': '3',
    'group.initial.rebalance.delay.ms': '0',
    'num.partitions': '2',
  }
  await mkdir(folder, { recursive: true })
  await writeFile(
    settings,
    Object.entries(lines)
      .map(([key, value]) => `${key}=${value}\n`)
      .join(''),
  )
  await run('java', ['-cp', classpath, 'kafka.tools.StorageTool', 'format', '-t', 'MkU3OEVBNTcwNTJENDM2Qg', '-c', settings])
  let child: ChildProcess | undefined
  const start = async (): Promise<void> => {
    child = spawn('java', ['-Xmx300m', '-cp', classpath, 'kafka.Kafka', settings], { stdio: 'ignore' })
    while (!(await answers(port))) {
      if (child.exitCode !== null) throw new Error(`Kafka ended with ${child.exitCode}`)
      await new Promise((resolve) => setTimeout(resolve, 100))
    }
  }
  await start()
  return {
    port,
    start,
    async stop() {
      if (child === undefined || child.exitCode !== null) return
      child.kill('SIGTERM')
      await once(child, 'exit')
    },
  }
}

function answers(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = createConnection(port, '127.0.0.1')
    socket.on('connect', () => {
      socket.destroy()
      resolve(true)
    })
    socket.on('error', () => resolve(false))
  })
}
