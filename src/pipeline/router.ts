import type { Event } from '../core/event.ts'
import type { CompiledCondition } from '../script/condition.ts'
import type { Block, BranchNode, OutputNode } from './graph.ts'

/** Which events go to which output: one list for each output, in the order in which they were made. */
export type Router = (events: readonly Event[]) => readonly Event[][]

/** @param make makes an output and answers its place in the lists */
export function compileRouter(
  block: Block<OutputNode>,
  condition: (arm: BranchNode<OutputNode>['arms'][number]) => CompiledCondition,
  make: (node: OutputNode) => number,
): Router {
  let outputs = 0
  type Rule = (event: Event, parts: Event[][]) => void
  const compile = (nodes: Block<OutputNode>): Rule => {
    const rules = nodes.map((node): Rule => {
      if (node.kind === 'plugin') {
        const place = make(node)
        outputs = Math.max(outputs, place + 1)
        return (event, parts) => parts[place]?.push(event)
      }
      const arms = node.arms.map((arm) => ({ holds: condition(arm), rule: compile(arm.body) }))
      const otherwise = node.otherwise === undefined ? undefined : compile(node.otherwise)
      return (event, parts) => {
        const arm = arms.find(({ holds }) => holds(event))
        ;(arm?.rule ?? otherwise)?.(event, parts)
      }
    })
    return (event, parts) => {
      for (const rule of rules) rule(event, parts)
    }
  }
  const rule = compile(block)
  return (events) => {
    const parts = Array.from({ length: outputs }, (): Event[] => [])
    for (const event of events) rule(event, parts)
    return parts
  }
}
