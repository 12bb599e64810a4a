import type { Condition } from '../script/condition.ts'
import type { CodecPlugin, FilterPlugin, InputPlugin, OutputPlugin } from '../plugins/plugin.ts'
import type { Position } from './language/ast.ts'

/** A plug-in with its options checked, ready to be made. */
interface Node<Plugin> {
  readonly kind: 'plugin'
  readonly plugin: Plugin
  /** What the plug-in's schema made of its options. */
  readonly config: unknown
  /** Unique within its pipeline. */
  readonly id: string
  readonly position: Position
}

export interface CodecNode extends Node<CodecPlugin> {}

export interface FilterNode extends Node<FilterPlugin> {
  readonly common: {
    readonly add_field: Readonly<Record<string, readonly string[]>>
    readonly add_tag: readonly string[]
    readonly remove_field: readonly string[]
    readonly remove_tag: readonly string[]
  }
}

export interface InputNode extends Node<InputPlugin> {
  readonly codec: CodecNode
  readonly common: {
    readonly add_field: Readonly<Record<string, unknown>>
    readonly tags: readonly string[]
    readonly type?: string | undefined
  }
}

export interface OutputNode extends Node<OutputPlugin> {
  readonly codec: CodecNode
}

export interface BranchNode<N> {
  readonly kind: 'branch'
  readonly arms: readonly { readonly condition: Condition; readonly position: Position; readonly body: Block<N> }[]
  readonly otherwise: Block<N> | undefined
}

export type Block<N> = readonly (N | BranchNode<N>)[]

/** A pipeline whose plug-ins and options all exist. Nothing runs yet. */
export interface PipelineGraph {
  readonly inputs: readonly InputNode[]
  readonly filters: Block<FilterNode>
  readonly outputs: Block<OutputNode>
}

/** Every plug-in of a block, those within branches too. */
export function* nodesOf<N extends { readonly kind: 'plugin' }>(block: Block<N>): Generator<N> {
  for (const node of block) {
    if (node.kind === 'plugin') yield node
    else {
      for (const arm of node.arms) yield* nodesOf(arm.body)
      if (node.otherwise !== undefined) yield* nodesOf(node.otherwise)
    }
  }
}
