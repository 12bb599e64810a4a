import { spawn, type ChildProcess, type StdioOptions } from 'node:child_process'
import type { Event } from '../core/event.ts'
import { compileTemplate, type Template } from '../script/sprintf.ts'

/** A command for `/bin/sh`. */
export interface ShellCommand {
  readonly script: string
  /** What `$1`, `$2` … of the script stand for. */
  readonly values: readonly string[]
}

/**
 * A command with references to fields. What an event holds never becomes part of the script, however it is quoted there: it
 * stands in a parameter of the shell.
 */
export function compileShellCommand(written: string): (event: Event) => ShellCommand {
  const templates: Template[] = []
  let quote = ''
  let script = ''
  for (const piece of written.split(/(%\{[^}]*\}|\\.|["'])/s)) {
    if (piece.startsWith('%{')) {
      const parameter = `\${${templates.push(compileTemplate(piece))}}`
      script += quote === '"' ? parameter : quote === "'" ? `'"${parameter}"'` : `"${parameter}"`
      continue
    }
    if (piece === '"' || piece === "'") quote = quote === '' ? piece : quote === piece ? '' : quote
    script += piece
  }
  return (event) => ({ script, values: templates.map((template) => template.print(event)) })
}

/** Starts a command in a group of its own: what it starts itself is ended with it. */
export function startShell({ script, values }: ShellCommand, stdio: StdioOptions): ChildProcess {
  return spawn('/bin/sh', ['-c', script, 'sh', ...values], { stdio, detached: true })
}

/** Ends a command and what it started. */
export function endShell(child: ChildProcess): void {
  if (child.pid === undefined || child.exitCode !== null || child.signalCode !== null) return
  try {
    process.kill(-child.pid, 'SIGTERM')
  } catch {
    // it has ended
  }
}
