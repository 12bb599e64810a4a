import { z } from 'zod'
import { awsOptions, connectAws, type AwsLogin } from './aws-client.ts'
import { hash, text } from './options.ts'

/** Options of the `sqs` input and output about the queue. */
export const sqsOptions = {
  queue: text().describe('Name of the queue.'),
  queue_owner_aws_account_id: text().optional().describe('Account that the queue is of, when it is another one.'),
  endpoint: text().optional().describe('Server that speaks SQS. Amazon’s when absent.'),
  additional_settings: hash().optional().describe('Accepted: the settings of Amazon’s library mean nothing here.'),
  ...awsOptions,
}

/** Most messages of a request. */
export const SQS_BATCH = 10
const WAIT_SECONDS = 20

interface QueueOptions extends AwsLogin {
  readonly queue: string
  readonly queue_owner_aws_account_id?: string | undefined
  readonly endpoint?: string | undefined
}

const receivedMessage = z.object({
  MessageId: z.string(),
  ReceiptHandle: z.string(),
  Body: z.string().default(''),
  MD5OfBody: z.string().default(''),
  Attributes: z.object({ SentTimestamp: z.string().optional() }).default({}),
})
export type SqsMessage = z.output<typeof receivedMessage>

const receiveAnswer = z.object({ Messages: z.array(receivedMessage).default([]) })

const batchAnswer = z.object({
  Failed: z
    .array(
      z.object({ Id: z.string(), SenderFault: z.boolean().default(false), Code: z.string(), Message: z.string().default('') }),
    )
    .default([]),
})

/** An entry of a batch that was refused, by its place. */
export interface SqsRefusal {
  readonly place: number
  /** The same entry would be refused again. */
  readonly isFinal: boolean
  readonly reason: string
}

/** A queue of Amazon SQS, by its JSON protocol. All reject when the service does not answer, or refuses a request as a whole. */
export interface SqsQueue {
  /** Waits up to 20 seconds for the first message. */
  receive(signal: AbortSignal): Promise<readonly SqsMessage[]>
  /** @param messages ten at most */
  remove(messages: readonly SqsMessage[], signal: AbortSignal): Promise<readonly SqsRefusal[]>
  /** @param bodies ten at most */
  send(bodies: readonly string[], signal: AbortSignal): Promise<readonly SqsRefusal[]>
}

export async function openSqsQueue(options: QueueOptions, signal: AbortSignal): Promise<SqsQueue> {
  const ask = await connectAws('sqs', options)
  const endpoint = options.endpoint ?? `https://sqs.${options.region}.amazonaws.com`
  const call = async (action: string, body: object, until: AbortSignal): Promise<unknown> => {
    const headers = { 'content-type': 'application/x-amz-json-1.0', 'x-amz-target': `AmazonSQS.${action}` }
    const answer = await ask(endpoint, { method: 'POST', headers, body: JSON.stringify(body), signal: until })
    return answer.json()
  }
  const found = await call(
    'GetQueueUrl',
    { QueueName: options.queue, QueueOwnerAWSAccountId: options.queue_owner_aws_account_id },
    signal,
  )
  const { QueueUrl } = z.object({ QueueUrl: z.string() }).parse(found)
  const batch = async (action: string, entries: readonly object[], until: AbortSignal): Promise<readonly SqsRefusal[]> => {
    const Entries = entries.map((entry, place) => ({ Id: String(place), ...entry }))
    const { Failed } = batchAnswer.parse(await call(action, { QueueUrl, Entries }, until))
    return Failed.map(({ Id, SenderFault: isFinal, Code, Message }) => ({
      place: Number(Id),
      isFinal,
      reason: `${Code}: ${Message}`,
    }))
  }
  return {
    async receive(until) {
      const body = {
        QueueUrl,
        MaxNumberOfMessages: SQS_BATCH,
        WaitTimeSeconds: WAIT_SECONDS,
        AttributeNames: ['SentTimestamp'],
      }
      return receiveAnswer.parse(await call('ReceiveMessage', body, until)).Messages
    },
    remove: (messages, until) =>
      batch(
        'DeleteMessageBatch',
        messages.map(({ ReceiptHandle }) => ({ ReceiptHandle })),
        until,
      ),
    send: (bodies, until) =>
      batch(
        'SendMessageBatch',
        bodies.map((MessageBody) => ({ MessageBody })),
        until,
      ),
  }
}
