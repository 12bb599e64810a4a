import { lookupWith } from './classes/index.ts'
import { shortName, type ClassInfo, type Method } from './class-table.ts'
import type { BoundFunction } from './compile/compiling.ts'
import type { ScriptContext } from './contexts/script-context.ts'
import { PRIMITIVES } from './syntax/tokens.ts'
import type { Type } from './types.ts'

type Named = Readonly<Record<string, unknown>> & { readonly name: string }
type Context = ScriptContext<unknown>

/** An entry of `_script_context`: what a script of a context is called with, and what it may ask for. */
export function describeContext({ name, returns, variables, takes = [] }: Context): Readonly<Record<string, unknown>> {
  const getters = Object.entries(variables)
    .filter(([variable]) => !takes.includes(variable))
    .map(([variable, type]) => ({
      name: variable.startsWith('_') ? `get${variable}` : `get${variable.slice(0, 1).toUpperCase()}${variable.slice(1)}`,
      return_type: javaType(type),
      params: [],
    }))
  const parameters = takes.map((variable) => ({ type: javaType(variables[variable] ?? 'def'), name: variable }))
  return { name, methods: [{ name: 'execute', return_type: javaType(returns), params: parameters }, ...getters.toSorted(byName)] }
}

/** The answer of `_scripts/painless/_context` about one context: its classes, and functions without a class. */
export function describeApi({ name, classes = [], functions = [] }: Context): Readonly<Record<string, unknown>> {
  const primitives = [...PRIMITIVES].map((type) => ({ name: type, imported: true, ...NO_MEMBERS }))
  const all = [...lookupWith(classes).all()].map(describeClass)
  return {
    name,
    classes: [...primitives, ...all].toSorted(byName),
    imported_methods: functions.map(describeFunction).toSorted(byName),
    class_bindings: [],
    instance_bindings: [],
  }
}

const NO_MEMBERS = { constructors: [], static_methods: [], methods: [], static_fields: [], fields: [] }

function describeClass({ name, constructors, statics, methods, constants }: ClassInfo): Named {
  return {
    name: javaName(name),
    ...NO_MEMBERS,
    imported: true,
    constructors: [...constructors.values()].map(({ parameters }) => ({
      declaring: javaName(name),
      parameters: parameters.map(painlessType),
    })),
    static_methods: [...statics.values()].map(describeMethod).toSorted(byName),
    methods: [...methods.values()].map(describeMethod).toSorted(byName),
    static_fields: [...constants]
      .map(([constant, { type }]) => ({ name: constant, declaring: javaName(name), type }))
      .toSorted(byName),
  }
}

const describeMethod = ({ name, returns, parameters, declaredBy }: Method): Named => ({
  declaring: javaName(declaredBy),
  name,
  return: painlessType(returns),
  parameters: parameters.map(painlessType),
})

const describeFunction = ({ name, returns, parameters }: BoundFunction): Named => ({
  declaring: 'org.opensearch.script.ScoreScriptUtils',
  name,
  return: painlessType(returns),
  parameters: parameters.map(painlessType),
})

const javaType = (type: Type): string => (type === 'def' ? 'java.lang.Object' : type)
const painlessType = (type: Type): string => type.replace(/^def\b/, 'org.opensearch.painless.lookup.def')

/** `java.util.Map.Entry` → `java.util.Map$Entry` */
function javaName(name: string): string {
  const short = shortName(name)
  return name.slice(0, name.length - short.length) + short.replaceAll('.', '$')
}

function byName(a: Named, b: Named): number {
  return a.name < b.name ? -1 : a.name > b.name ? 1 : 0
}
