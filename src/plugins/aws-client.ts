import { ignored, password, text } from './options.ts'

/** Options of plug-ins that ask services of Amazon, or others that speak as these. */
export const awsOptions = {
  region: text().default('us-east-1').describe('Region of the service.'),
  access_key_id: text().optional().describe('Key to log in with.'),
  secret_access_key: password().optional().describe('Its secret.'),
  session_token: password().optional().describe('Token of a key that is for a while.'),
  aws_credentials_file: ignored('name the key in access_key_id'),
  role_arn: ignored('name the key in access_key_id'),
  role_session_name: ignored('name the key in access_key_id'),
  web_identity_token_file: ignored('name the key in access_key_id'),
  use_aws_bundled_ca: ignored('the authorities of the runtime are trusted'),
  proxy_uri: ignored('the service is asked directly'),
}

export interface AwsLogin {
  readonly region: string
  readonly access_key_id?: string | undefined
  readonly secret_access_key?: string | undefined
  readonly session_token?: string | undefined
}

/** What a service is asked: a request of `fetch`, whose body is there as a whole. */
export interface AwsRequest {
  readonly method?: string
  readonly headers?: Readonly<Record<string, string>>
  readonly body?: string | Uint8Array<ArrayBuffer>
  readonly signal: AbortSignal
}

/** Asks with a signature (version 4). Rejects when the service does not answer, or anything but success. */
export type AskAws = (url: string, request: AwsRequest) => Promise<Response>

/** A request with the headers of its signature (version 4). */
export type SignAws = (url: string, request: Omit<AwsRequest, 'signal'>) => Promise<Request>

/** @param service as signatures name it: `s3`, `sqs` */
export async function awsSigner(service: string, login: AwsLogin): Promise<SignAws> {
  const { AwsClient } = await import('aws4fetch')
  const client = new AwsClient({
    accessKeyId: login.access_key_id ?? '',
    secretAccessKey: login.secret_access_key ?? '',
    ...(login.session_token !== undefined && { sessionToken: login.session_token }),
    service,
    region: login.region,
  })
  return (url, request) => client.sign(url, request)
}

/** @param service as signatures name it: `s3`, `sqs` */
export async function connectAws(service: string, login: AwsLogin): Promise<AskAws> {
  const sign = await awsSigner(service, login)
  return async (url, { signal, ...request }) => {
    const answer = await fetch(await sign(url, request), { signal })
    if (answer.ok) return answer
    throw new Error(`the server answers ${answer.status}: ${(await answer.text()).slice(0, 300)}`)
  }
}
