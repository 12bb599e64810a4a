import { CompileError } from '../painless/syntax/compile-error.ts'

export type Token = { readonly offset: number; readonly text: string } & (
  | { readonly kind: 'name' | 'text' | 'operator' | 'end' }
  | { readonly kind: 'number'; readonly value: number }
)

const TOKEN =
  /\s+|(?<hex>0[xX][\da-fA-F]+)|(?<octal>0[0-7]+(?![\d.]))|(?<decimal>(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?)|(?<name>[A-Za-z_$][\w$]*)|'(?<single>[^'\\]*)'|"(?<double>[^"\\]*)"|(?<operator>>>>|<<|>>|<=|>=|==|!=|&&|\|\||[-+*/%<>!~&|^?:()[\].,])/y

/** Splits an expression; the last token is its end. @throws CompileError */
export function tokenize(source: string): readonly Token[] {
  const tokens: Token[] = []
  let offset = 0
  while (offset < source.length) {
    TOKEN.lastIndex = offset
    const match = TOKEN.exec(source)
    if (!match) throw new CompileError(`Unexpected character [${source.charAt(offset)}]`, offset)
    const [text] = match
    const { hex, octal, decimal, name, single, double, operator } = match.groups ?? {}
    if (hex ?? octal ?? decimal)
      tokens.push({ kind: 'number', text, offset, value: octal === undefined ? Number(text) : Number.parseInt(octal, 8) })
    else if (name !== undefined) tokens.push({ kind: 'name', text, offset })
    else if (operator !== undefined) tokens.push({ kind: 'operator', text, offset })
    else if ((single ?? double) !== undefined) tokens.push({ kind: 'text', text: single ?? double ?? '', offset })
    offset += text.length
  }
  tokens.push({ kind: 'end', text: '', offset })
  return tokens
}
