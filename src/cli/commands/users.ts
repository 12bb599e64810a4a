import { connect } from '../client.ts'
import { CommandError, type Command, type CommandInput } from '../command.ts'
import { configOptions } from '../config-options.ts'
import { table } from '../table.ts'

interface User {
  readonly roles: readonly string[]
  readonly full_name: string | null
  readonly enabled: boolean
}

export const listUsers: Command = {
  name: 'users list',
  summary: 'Lists the users with their roles.',
  usage: '[--data DIR]',
  options: configOptions,
  run: async (input) => {
    const client = await connect(input)
    const users = (await client.call('GET', '/_security/user')) as unknown as Readonly<Record<string, User>>
    const rows = Object.entries(users).map(([name, user]) => [
      name,
      user.roles.join(', '),
      user.enabled ? '' : 'disabled',
      user.full_name ?? '',
    ])
    input.print(table(['user', 'roles', '', 'name'], rows))
    return 0
  },
}

export const resetPassword: Command = {
  name: 'users reset-password',
  summary: 'Gives a user a new password; the old one and its sessions end at once.',
  usage: 'NAME [--stdin] [--data DIR]',
  details: `Without --stdin a password is generated and printed. Whoever can read the data folder can do this, even when every
password is lost.`,
  options: { ...configOptions, stdin: { type: 'boolean', summary: 'reads the password from standard input' } },
  run: async (input) => {
    const [name] = input.words
    if (name === undefined || input.words.length > 1)
      throw new CommandError('elkhorn users reset-password: expected the name of one user')
    const client = await connect(input)
    const given = input.options['stdin'] === true ? await readLine(input) : undefined
    const answer = (await client.call(
      'POST',
      `/_elkhorn/users/${encodeURIComponent(name)}/_reset_password`,
      given === undefined ? {} : { password: given },
    )) as {
      readonly password?: string
    }
    input.print(
      answer.password === undefined ? `the password of ${name} is changed\n` : `new password of ${name}: ${answer.password}\n`,
    )
    return 0
  },
}

async function readLine(input: CommandInput): Promise<string> {
  const chunks: string[] = []
  for await (const chunk of input.stdin) chunks.push(String(chunk))
  const [line = ''] = chunks.join('').split(/\r?\n/)
  if (line === '') throw new CommandError('expected a password on standard input')
  return line
}
