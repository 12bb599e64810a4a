/**
 * The syntax of Painless. `offset` is where a node is told to be in errors, in UTF-16 units: the beginning of most nodes,
 * the dot of a member, the operand of a postfix operator.
 */

export interface Script {
  readonly functions: readonly FunctionNode[]
  readonly statements: readonly Statement[]
}

export interface FunctionNode {
  readonly offset: number
  readonly returns: string
  readonly name: string
  readonly parameters: readonly Parameter[]
  readonly body: Block
}

export interface Parameter {
  readonly offset: number
  /** Absent in a lambda that leaves it open. */
  readonly type: string | undefined
  readonly name: string
}

export interface Block {
  readonly kind: 'block'
  readonly offset: number
  readonly statements: readonly Statement[]
}

export type Statement =
  | Block
  | {
      readonly kind: 'if'
      readonly offset: number
      readonly condition: Expression
      readonly whenTrue: Block | undefined
      readonly otherwise: Block | undefined
    }
  | { readonly kind: 'while'; readonly offset: number; readonly condition: Expression; readonly body: Block | undefined }
  | { readonly kind: 'do'; readonly offset: number; readonly condition: Expression; readonly body: Block }
  | {
      readonly kind: 'for'
      readonly offset: number
      readonly initializer: Statement | undefined
      readonly condition: Expression | undefined
      readonly afterthought: Expression | undefined
      readonly body: Block | undefined
    }
  | {
      readonly kind: 'each'
      readonly offset: number
      readonly type: string
      readonly name: string
      readonly iterated: Expression
      readonly body: Block
    }
  | { readonly kind: 'declare'; readonly offset: number; readonly declarations: readonly Declaration[] }
  | { readonly kind: 'try'; readonly offset: number; readonly body: Block; readonly traps: readonly Trap[] }
  | { readonly kind: 'return'; readonly offset: number; readonly value: Expression | undefined }
  | { readonly kind: 'throw'; readonly offset: number; readonly value: Expression }
  | { readonly kind: 'break'; readonly offset: number }
  | { readonly kind: 'continue'; readonly offset: number }
  | { readonly kind: 'expression'; readonly offset: number; readonly expression: Expression }

export interface Declaration {
  readonly offset: number
  readonly type: string
  readonly name: string
  readonly value: Expression | undefined
}

export interface Trap {
  readonly offset: number
  readonly type: string
  readonly name: string
  readonly body: Block
}

export type BinaryOperator =
  | '*'
  | '/'
  | '%'
  | '+'
  | '-'
  | '=~'
  | '==~'
  | '<<'
  | '>>'
  | '>>>'
  | '<'
  | '<='
  | '>'
  | '>='
  | '=='
  | '!='
  | '==='
  | '!=='
  | '&'
  | '^'
  | '|'
  | '&&'
  | '||'

export type UnaryOperator = '!' | '~' | '+' | '-'

export type Expression =
  | { readonly kind: 'null'; readonly offset: number }
  | { readonly kind: 'boolean'; readonly offset: number; readonly value: boolean }
  | { readonly kind: 'string'; readonly offset: number; readonly value: string }
  | {
      readonly kind: 'number'
      readonly offset: number
      readonly text: string
      readonly radix: 8 | 10 | 16
      readonly negative: boolean
    }
  | { readonly kind: 'decimal'; readonly offset: number; readonly text: string; readonly negative: boolean }
  | { readonly kind: 'regex'; readonly offset: number; readonly pattern: string; readonly flags: string }
  | { readonly kind: 'list'; readonly offset: number; readonly items: readonly Expression[] }
  | { readonly kind: 'map'; readonly offset: number; readonly entries: readonly (readonly [Expression, Expression])[] }
  | { readonly kind: 'name'; readonly offset: number; readonly name: string }
  | { readonly kind: 'unary'; readonly offset: number; readonly operator: UnaryOperator; readonly operand: Expression }
  | {
      readonly kind: 'binary'
      readonly offset: number
      readonly operator: BinaryOperator
      readonly left: Expression
      readonly right: Expression
    }
  | { readonly kind: 'instanceof'; readonly offset: number; readonly value: Expression; readonly type: string }
  | { readonly kind: 'elvis'; readonly offset: number; readonly left: Expression; readonly right: Expression }
  | {
      readonly kind: 'conditional'
      readonly offset: number
      readonly condition: Expression
      readonly whenTrue: Expression
      readonly otherwise: Expression
    }
  | { readonly kind: 'cast'; readonly offset: number; readonly type: string; readonly value: Expression }
  | {
      readonly kind: 'assign'
      readonly offset: number
      /** The operation of `+=` and the like. */
      readonly operator: BinaryOperator | undefined
      readonly target: Expression
      readonly value: Expression
    }
  | {
      readonly kind: 'step'
      readonly offset: number
      readonly target: Expression
      readonly by: 1 | -1
      /** Whether the value is the one before (`x++`). */
      readonly postfix: boolean
    }
  | {
      readonly kind: 'member'
      readonly offset: number
      readonly object: Expression
      readonly name: string
      readonly nullSafe: boolean
    }
  | { readonly kind: 'element'; readonly offset: number; readonly object: Expression; readonly index: Expression }
  | {
      readonly kind: 'call'
      readonly offset: number
      readonly object: Expression
      readonly name: string
      readonly arguments: readonly Argument[]
      readonly nullSafe: boolean
    }
  /** A function of the script or of the context. */
  | { readonly kind: 'local call'; readonly offset: number; readonly name: string; readonly arguments: readonly Argument[] }
  | { readonly kind: 'new'; readonly offset: number; readonly type: string; readonly arguments: readonly Argument[] }
  /** `new int[2][3]` */
  | { readonly kind: 'new array'; readonly offset: number; readonly type: string; readonly lengths: readonly Expression[] }
  /** `new int[] {1, 2}` */
  | { readonly kind: 'array'; readonly offset: number; readonly type: string; readonly items: readonly Expression[] }

export type Argument = Expression | Lambda | FunctionReference

export interface Lambda {
  readonly kind: 'lambda'
  readonly offset: number
  readonly parameters: readonly Parameter[]
  readonly body: Block | Expression
}

export interface FunctionReference {
  readonly kind: 'reference'
  readonly offset: number
  /** A type, a variable or `this`. */
  readonly of: string
  /** A method, or `new`. */
  readonly name: string
}

export function isExpression(node: Argument): node is Expression {
  return node.kind !== 'lambda' && node.kind !== 'reference'
}
