import { bucketScriptContext, bucketSelectorContext, movingFunctionContext } from './buckets.ts'
import { conditionContext, ingestContext, testContext, updateContext } from './document-scripts.ts'
import {
  aggregationContext,
  fieldContext,
  filterContext,
  numberSortContext,
  runtimeContexts,
  scoreContext,
  stringSortContext,
} from './document-values.ts'
import type { ScriptContext } from './script-context.ts'
import { combineContext, initContext, mapContext, reduceContext } from './scripted-metric.ts'

/** Every kind of script of Painless that requests may hold, by name. */
export const CONTEXTS: readonly ScriptContext<unknown>[] = [
  aggregationContext,
  bucketScriptContext,
  bucketSelectorContext,
  combineContext,
  conditionContext,
  fieldContext,
  filterContext,
  ingestContext,
  initContext,
  mapContext,
  movingFunctionContext,
  numberSortContext,
  reduceContext,
  scoreContext,
  stringSortContext,
  testContext,
  updateContext,
  ...Object.values(runtimeContexts),
].toSorted((a, b) => (a.name < b.name ? -1 : 1))
