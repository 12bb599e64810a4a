import { execFile, spawn, type ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { existsSync } from 'node:fs'
import { mkdir, readFile, writeFile } from 'node:fs/promises'
import { createConnection, createServer, type AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'

const run = promisify(execFile)
const VERSION = '3.9.1'
const MAVEN_LIMIT_MS = 110_000

const POM = `<project xmlns="http://maven.apache.org/POM/4.0.0"><modelVersion>4.0.0</modelVersion>
<groupId>elkhorn</groupId><artifactId>kafka</artifactId><version>1</version>
<dependencies><dependency><groupId>org.apache.kafka</groupId><artifactId>kafka_2.13</artifactId><version>${VERSION}</version></dependency></dependencies>
</project>`

/** Where Java finds Kafka, by way of Maven; `undefined` where there is no Java or no Maven, or nothing to load from. */
export async function findKafka(): Promise<string | undefined> {
  const folder = join(tmpdir(), `elkhorn-kafka-${VERSION}`)
  const file = join(folder, 'classpath')
  try {
    await run('java', ['-version'])
    if (!existsSync(file)) {
      await mkdir(folder, { recursive: true })
      await writeFile(join(folder, 'pom.xml'), POM)
      await run('mvn', ['-q', '-B', 'dependency:build-classpath', `-Dmdep.outputFile=${file}`], {
        cwd: folder,
        timeout: MAVEN_LIMIT_MS,
      })
    }
    const classpath = await readFile(file, 'utf8')
    return classpath.split(':').every((jar) => existsSync(jar)) ? classpath : undefined
  } catch {
    return undefined
  }
}

export interface RunningKafka {
  readonly port: number
  stop(): Promise<void>
  /** The same broker, with what it keeps. */
  start(): Promise<void>
}

/** One broker without ZooKeeper, its data in a folder. */
export async function startKafka(classpath: string, folder: string): Promise<RunningKafka> {
  const [port = 0, controller = 0] = await freePorts(2)
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

async function freePorts(count: number): Promise<number[]> {
  const servers = await Promise.all(
    Array.from({ length: count }, async () => {
      const server = createServer().listen(0, '127.0.0.1')
      await once(server, 'listening')
      return server
    }),
  )
  const ports = servers.map((server) => (server.address() as AddressInfo).port)
  for (const server of servers) server.close()
  return ports
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
