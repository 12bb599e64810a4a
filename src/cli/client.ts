import { readFile } from 'node:fs/promises'
import { X509Certificate } from 'node:crypto'
import { request } from 'node:http'
import { connect as connectPlain, type Socket } from 'node:net'
import { connect as connectTls } from 'node:tls'
import type { JsonValue } from '../core/json.ts'
import { readRunFolder } from '../runtime/run-folder.ts'
import { CommandError, type CommandInput } from './command.ts'
import { configOf } from './config-options.ts'

const TIMEOUT_MILLIS = 30_000

/** What the running Elkhorn answers, as the program itself: the token of its data folder opens every route. */
export interface Client {
  readonly ports: Readonly<Record<string, number>>
  readonly dataFolder: string
  /** @throws CommandError with the reason of the answer when it is an error */
  call(method: string, path: string, body?: JsonValue): Promise<JsonValue>
}

/**
 * Finds the Elkhorn that the options mean.
 * @throws CommandError when it is not running, or its data folder belongs to somebody else
 */
export async function connect(input: CommandInput): Promise<Client> {
  const { config } = await configOf(input)
  const dataFolder = config.data.path
  const running = await readRunFolder(dataFolder).catch((error: NodeJS.ErrnoException) => {
    throw new CommandError(
      `cannot read [${dataFolder}/run]: ${error.code === 'EACCES' ? 'it belongs to another user' : error.message}`,
    )
  })
  if (!running)
    throw new CommandError(`Elkhorn is not running with data folder [${dataFolder}]; start it, or name its folder with --data`)
  const host = ['0.0.0.0', '::'].includes(config.network.host) ? '127.0.0.1' : config.network.host
  const certificate =
    config.tls.certificate === undefined ? undefined : new X509Certificate(await readFile(config.tls.certificate))
  const target: Target = { host, port: running.ports['api'] ?? config.api.port, token: running.token, certificate }
  return {
    ports: running.ports,
    dataFolder,
    call: async (method, path, body) => {
      const { status, text } = await send(target, method, path, body)
      const answer = text === '' ? null : (JSON.parse(text) as JsonValue)
      if (status >= 400) throw new CommandError(reasonOf(answer) ?? `${method} ${path} was answered with status ${status}`)
      return answer
    },
  }
}

interface Target {
  readonly host: string
  readonly port: number
  readonly token: string
  /** The certificate that the server must have; `undefined` without TLS. */
  readonly certificate: X509Certificate | undefined
}

async function send(
  target: Target,
  method: string,
  path: string,
  body: JsonValue | undefined,
): Promise<{ status: number; text: string }> {
  const { host, port, token, certificate } = target
  const unreachable = (error: Error): CommandError => new CommandError(`cannot reach Elkhorn on port ${port}: ${error.message}`)
  const socket = await connectSocket(host, port, certificate).catch((error: Error) => {
    throw unreachable(error)
  })
  return new Promise((resolve, reject) => {
    const headers = {
      authorization: `Bearer ${token}`,
      connection: 'close',
      ...(body === undefined ? {} : { 'content-type': 'application/json' }),
    }
    const outgoing = request({ host, port, method, path, headers, timeout: TIMEOUT_MILLIS, createConnection: () => socket })
    outgoing.on('timeout', () => outgoing.destroy(new Error(`no answer within ${TIMEOUT_MILLIS / 1000} s`)))
    outgoing.on('error', (error) => reject(unreachable(error)))
    outgoing.on('response', (response) => {
      const chunks: Buffer[] = []
      response.on('data', (chunk: Buffer) => chunks.push(chunk))
      response.on('end', () => resolve({ status: response.statusCode ?? 500, text: Buffer.concat(chunks).toString() }))
    })
    outgoing.end(body === undefined ? undefined : JSON.stringify(body))
  })
}

/** Over TLS the other side must show the very certificate that the configuration names, whoever signed it and for whatever name. */
function connectSocket(host: string, port: number, certificate: X509Certificate | undefined): Promise<Socket> {
  return new Promise((resolve, reject) => {
    if (!certificate) {
      const plain = connectPlain({ host, port }, () => resolve(plain))
      plain.on('error', reject)
      return
    }
    const secure = connectTls({ host, port, rejectUnauthorized: false }, () => {
      if (secure.getPeerX509Certificate()?.fingerprint256 === certificate.fingerprint256) return resolve(secure)
      secure.destroy()
      reject(new Error('it does not show the certificate that tls.certificate names'))
    })
    secure.on('error', reject)
  })
}

function reasonOf(answer: JsonValue): string | undefined {
  const error = (answer as { readonly error?: { readonly reason?: string } | string } | null)?.error
  return typeof error === 'string' ? error : error?.reason
}
