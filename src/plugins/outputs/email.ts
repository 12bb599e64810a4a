import type { Transporter } from 'nodemailer'
import { z } from 'zod'
import type { Event } from '../../core/event.ts'
import { reasonOf } from '../../core/reason.ts'
import { compileTemplate } from '../../script/sprintf.ts'
import { clientTlsOptions, loadClientTls } from '../client-tls.ts'
import { choice, flag, hash, ignored, list, password, port, text } from '../options.ts'
import { defineOutput } from '../plugin.ts'
import { Trouble } from '../trouble.ts'
import { waitOrAbort } from '../wait.ts'

const FIRST_WAIT_MS = 1_000
const MAX_WAIT_MS = 60_000

const config = z.strictObject({
  to: text().describe('Who gets it: addresses with commas, with references.'),
  cc: text().optional().describe('Who gets a copy, likewise.'),
  bcc: text().optional().describe('Who gets a copy unseen, likewise.'),
  from: text().default('logstash.alert@example.com').describe('Sender, with references.'),
  replyto: text().optional().describe('Where answers go, with references.'),
  subject: text().default('').describe('Subject, with references.'),
  body: text().default('').describe('Text, with references.'),
  htmlbody: text().default('').describe('The same as HTML, with references.'),
  template_file: text().optional().describe('Not read: write the text in `body` or `htmlbody`.'),
  attachments: list().default([]).describe('Files to attach.'),
  contenttype: ignored('htmlbody is HTML and body is text'),
  via: choice('smtp', 'sendmail').default('smtp').describe('How it is sent.'),
  address: text().default('localhost').describe('The mail server.'),
  port: port().default(25).describe('Its port.'),
  domain: text().default('localhost').describe('Name that this program gives of itself.'),
  username: text().optional().describe('User to log in as.'),
  password: password().optional().describe('Their password.'),
  authentication: choice('plain', 'login', 'cram_md5').optional().describe('How it logs in.'),
  use_tls: flag().default(false).describe('Whether the server must be spoken to over TLS (STARTTLS, or at once on port 465).'),
  options: hash().optional().describe('Older form of address, port, domain, username and password.'),
  match: ignored('put the output into a condition'),
  debug: ignored('the level of the log is a setting of the program'),
  ...clientTlsOptions,
})

export const email = defineOutput({
  name: 'email',
  summary: 'Sends a mail for each event. One that the mail server refuses becomes a dead letter.',
  config,
  examples: [
    {
      title: 'An alarm',
      config: {
        to: 'shift@plant.example.org',
        address: 'mail.plant.example.org',
        subject: 'Alarm of %{[device][id]}',
        body: '%{message}',
      },
    },
  ],
  defaultCodec: 'plain',
  create(options, context) {
    const { log, signal } = context
    const template = {
      to: compileTemplate(options.to),
      cc: compileTemplate(options.cc ?? ''),
      bcc: compileTemplate(options.bcc ?? ''),
      from: compileTemplate(options.from),
      replyTo: compileTemplate(options.replyto ?? ''),
      subject: compileTemplate(options.subject),
      text: compileTemplate(options.body),
      html: compileTemplate(options.htmlbody),
    }
    const trouble = new Trouble(log, { server: options.address })
    let mail: Transporter | undefined

    const deliver = async (event: Event): Promise<void> => {
      const filled = Object.entries(template).flatMap(([name, one]) => {
        const value = one.print(event)
        // Line ends in a header would begin another one.
        return value === '' ? [] : [[name, name === 'text' || name === 'html' ? value : value.replaceAll(/[\r\n]+/g, ' ')]]
      })
      for (let attempt = 0; ; attempt++) {
        try {
          await mail?.sendMail({
            ...(Object.fromEntries(filled) as Record<string, string>),
            attachments: options.attachments.map((path) => ({ path })),
          })
          trouble.works()
          return
        } catch (error) {
          signal.throwIfAborted()
          const reason = reasonOf(error)
          const status = (error as { readonly responseCode?: number }).responseCode
          if (status !== undefined && status >= 500) {
            await context.deadLetter(event, { type: 'mail_refused', reason, status })
            return
          }
          trouble.tell('a mail could not be sent: it is tried again', error)
          await waitOrAbort(Math.min(FIRST_WAIT_MS * 2 ** attempt, MAX_WAIT_MS), signal)
        }
      }
    }
    return {
      async start() {
        if (options.template_file !== undefined)
          throw new Error('[email] template_file is not read: write the text in body or htmlbody')
        const { createTransport } = await import('nodemailer')
        if (options.via === 'sendmail') {
          mail = createTransport({ sendmail: true })
          return
        }
        const older = options.options ?? {}
        const known = (name: string): string | undefined => (older[name] === undefined ? undefined : String(older[name]))
        const { ca, ...tls } = await loadClientTls(options)
        const user = options.username ?? known('userName')
        const number = Number(known('port') ?? options.port)
        mail = createTransport({
          host: known('smtpIporHost') ?? options.address,
          port: number,
          name: known('domain') ?? options.domain,
          secure: options.use_tls && number === 465,
          requireTLS: options.use_tls && number !== 465,
          ...(user !== undefined && { auth: { user, pass: options.password ?? known('password') ?? '' } }),
          ...(options.authentication !== undefined && { authMethod: options.authentication.toUpperCase().replace('_', '-') }),
          tls: { ...tls, ...(ca !== undefined && ca.length > 0 && { ca: [...ca] }) },
        })
      },
      async write(events) {
        for (const event of events) await deliver(event)
      },
      close() {
        mail?.close()
        return Promise.resolve()
      },
    }
  },
})
