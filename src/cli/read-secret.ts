import type { ReadStream } from 'node:tty'

const ENTER = /[\r\n]/
const BACKSPACE = /[\b\u007f]/
const CTRL_C = '\u0003'
const CTRL_D = '\u0004'

/** Asks for a line at a terminal that does not show it. Resolves to what was typed; to nothing when it was called off. */
export async function readSecret(terminal: ReadStream, print: (text: string) => void, question: string): Promise<string> {
  print(question)
  terminal.setRawMode(true)
  terminal.setEncoding('utf8')
  let typed = ''
  try {
    for await (const text of terminal.iterator({ destroyOnReturn: false }) as AsyncIterable<string>) {
      for (const character of text) {
        if (ENTER.test(character) || character === CTRL_D) return typed
        if (character === CTRL_C) return ''
        typed = BACKSPACE.test(character) ? typed.slice(0, -1) : typed + character
      }
    }
    return typed
  } finally {
    terminal.setRawMode(false)
    terminal.pause()
    print('\n')
  }
}
