import { awsOptions, connectAws, type AskAws, type AwsLogin, type AwsRequest } from './aws-client.ts'
import { hash, ignored, text } from './options.ts'

/** Options of the `s3` input and output about the bucket. */
export const s3Options = {
  bucket: text().describe('Bucket.'),
  endpoint: text().optional().describe('Server that speaks S3, such as MinIO: `http://minio:9000`. Amazon’s when absent.'),
  additional_settings: hash().optional().describe('Accepted: objects are always addressed by path.'),
  use_ssl: ignored('the protocol is that of the endpoint'),
  ...awsOptions,
}

interface BucketOptions extends AwsLogin {
  readonly bucket: string
  readonly endpoint?: string | undefined
}

/** A bucket whose objects are addressed by path, as every server that speaks S3 understands it. */
export interface S3Bucket {
  ofObject(key: string, request: AwsRequest): Promise<Response>
  /** @param query what is asked of the bucket itself, as in a URL */
  ofBucket(query: string, request: AwsRequest): Promise<Response>
  /** Another bucket at the same server. */
  sibling(name: string): S3Bucket
}

export async function openS3Bucket({ bucket, endpoint, ...login }: BucketOptions): Promise<S3Bucket> {
  const ask: AskAws = await connectAws('s3', login)
  const server = (endpoint ?? `https://s3.${login.region}.amazonaws.com`).replace(/\/$/, '')
  const open = (name: string): S3Bucket => {
    const base = `${server}/${encodeURIComponent(name)}`
    return {
      ofObject: (key, request) => ask(`${base}/${key.split('/').map(encodeURIComponent).join('/')}`, request),
      ofBucket: (query, request) => ask(query === '' ? base : `${base}?${query}`, request),
      sibling: open,
    }
  }
  return open(bucket)
}
