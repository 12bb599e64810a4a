import { readFile } from 'node:fs/promises'
import { request as requestHttp } from 'node:http'
import { request as requestHttps } from 'node:https'
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
  const ca = config.tls.certificate === undefined ? undefined : await readFile(config.tls.certificate)
  const target: Target = { host, port: running.ports['api'] ?? config.api.port, token: running.token, ca }
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
  /** The certificate that the server has; `undefined` without TLS. */
  readonly ca: Buffer | undefined
}

function send(
  { host, port, token, ca }: Target,
  method: string,
  path: string,
  body: JsonValue | undefined,
): Promise<{ status: number; text: string }> {
  return new Promise((resolve, reject) => {
    const headers = { authorization: `Bearer ${token}`, ...(body === undefined ? {} : { 'content-type': 'application/json' }) }
    const options = { host, port, method, path, headers, timeout: TIMEOUT_MILLIS }
    // The certificate is this very process's own, whatever name it was made for.
    const request = ca ? requestHttps({ ...options, ca, checkServerIdentity: () => undefined }) : requestHttp(options)
    request.on('timeout', () => request.destroy(new Error(`no answer within ${TIMEOUT_MILLIS / 1000} s`)))
    request.on('error', (error) => reject(new CommandError(`cannot reach Elkhorn on port ${port}: ${error.message}`)))
    request.on('response', (response) => {
      const chunks: Buffer[] = []
      response.on('data', (chunk: Buffer) => chunks.push(chunk))
      response.on('end', () => resolve({ status: response.statusCode ?? 500, text: Buffer.concat(chunks).toString() }))
    })
    request.end(body === undefined ? undefined : JSON.stringify(body))
  })
}

function reasonOf(answer: JsonValue): string | undefined {
  const error = (answer as { readonly error?: { readonly reason?: string } | string } | null)?.error
  return typeof error === 'string' ? error : error?.reason
}
