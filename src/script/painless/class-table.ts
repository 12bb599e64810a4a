import { PRIMITIVES } from './syntax/tokens.ts'
import type { Type } from './types.ts'

/**
 * One class that scripts may use. The keys of the tables are signatures as Java writes them, `String substring(int, int)`:
 * they are the allow-list, and what is beside them is what happens. Parameters and results are held as their types say
 * (`types.ts`); a functional interface arrives as a function.
 *
 * A null never reaches a parameter, but for those of type `def` or `Object` and those marked with `?`: it is Java's
 * NullPointerException, as nearly everywhere in Java. Methods are found by name and number of parameters only.
 */
export interface ClassTable<Self = never> {
  /** Canonical: `java.util.Map.Entry`. The last part is its name in scripts. */
  readonly name: string
  /** Classes and interfaces whose methods it has, the nearest first. */
  readonly extends?: readonly string[]
  /** `ArrayList()`, `ArrayList(Collection)` */
  readonly constructors?: Readonly<Record<string, (...values: never[]) => unknown>>
  readonly statics?: Readonly<Record<string, (...values: never[]) => unknown>>
  readonly methods?: Readonly<Record<string, (self: Self, ...values: never[]) => unknown>>
  /** `double PI` */
  readonly constants?: Readonly<Record<string, unknown>>
  /** Turns a value of the class into what its methods take as `self`. */
  readonly receive?: (value: never) => Self
  /** The one abstract method of a functional interface: `boolean test(def)`. */
  readonly functional?: string
}

/** Checks a table against the class of its `self`. */
export function classTable<Self>(table: ClassTable<Self>): ClassTable {
  return table as unknown as ClassTable
}

export interface Method {
  readonly name: string
  readonly returns: Type
  readonly parameters: readonly Type[]
  /** Which parameters may be null. */
  readonly nullable: readonly boolean[]
  readonly isStatic: boolean
  /** `self` first, unless static or a constructor. */
  readonly call: (...values: unknown[]) => unknown
  readonly declaredBy: string
}

export interface ClassInfo {
  readonly name: string
  /** All it is, itself and Object included. */
  readonly supers: ReadonlySet<string>
  readonly isInterface: boolean
  readonly constructors: ReadonlyMap<number, Method>
  /** By `name/arity`, inherited ones included. */
  readonly statics: ReadonlyMap<string, Method>
  readonly methods: ReadonlyMap<string, Method>
  readonly constants: ReadonlyMap<string, { readonly type: Type; readonly value: unknown }>
  readonly receive: ((value: unknown) => unknown) | undefined
  readonly functional: Method | undefined
}

/** Every class that a context offers. */
export class ClassLookup {
  readonly #classes: ReadonlyMap<string, ClassInfo>
  /** Full names by the names that scripts use. */
  readonly #imports: ReadonlyMap<string, string>

  constructor(classes: ReadonlyMap<string, ClassInfo>, imports: ReadonlyMap<string, string>) {
    this.#classes = classes
    this.#imports = imports
  }

  get(type: Type): ClassInfo | undefined {
    return this.#classes.get(type)
  }

  all(): Iterable<ClassInfo> {
    return this.#classes.values()
  }

  /** The type that a script means by what it wrote; `undefined` for none. */
  resolve(written: string): Type | undefined {
    const base = written.replaceAll('[]', '')
    const dimensions = written.slice(base.length)
    if (PRIMITIVES.has(base)) return written
    const full = this.#imports.get(base) ?? (this.#classes.has(base) ? base : undefined)
    return full === undefined ? undefined : full + dimensions
  }

  /** Whether every value of one class is one of the other. Both are references. */
  isAssignable(from: Type, to: Type): boolean {
    if (from === to || to === 'java.lang.Object' || to === 'def') return true
    if (from.endsWith('[]') || to.endsWith('[]')) {
      return from.endsWith('[]') && (to === 'java.lang.Object[]' || to === 'def[]') && !PRIMITIVE_ARRAYS.has(from)
    }
    return this.#classes.get(from)?.supers.has(to) ?? UNLISTED_SUPERS[from]?.includes(to) ?? false
  }

  method(type: Type, name: string, arity: number): Method | undefined {
    return this.#classes.get(type)?.methods.get(`${name}/${arity}`)
  }
}

/** Classes of values that no script can name, and what they are besides objects. */
const UNLISTED_SUPERS: Readonly<Record<string, readonly string[]>> = {}

const PRIMITIVE_ARRAYS: ReadonlySet<string> = new Set(
  ['boolean', 'byte', 'short', 'char', 'int', 'long', 'float', 'double'].map((name) => `${name}[]`),
)

const SIGNATURE = /^(?:([\w.$[\]]+) )?(\w+)\((.*)\)$/

/** Puts tables together: names are resolved and inherited methods found. @throws Error for a table that contradicts itself */
export function buildLookup(tables: readonly ClassTable[]): ClassLookup {
  const imports = new Map<string, string>()
  for (const { name } of tables) imports.set(shortName(name), name)
  const byName = new Map(tables.map((table) => [table.name, table]))
  const infos = new Map<string, ClassInfo>()

  const resolve = (written: string, where: string): Type => {
    const base = written.replaceAll('[]', '')
    const dimensions = written.slice(base.length)
    const full = PRIMITIVES.has(base) ? base : byName.has(base) ? base : imports.get(base)
    if (full === undefined) throw new Error(`unknown type [${written}] in the table of [${where}]`)
    return full + dimensions
  }

  const readMethod = (signature: string, call: (...values: never[]) => unknown, owner: string, isStatic: boolean): Method => {
    const match = SIGNATURE.exec(signature)
    if (!match) throw new Error(`bad signature [${signature}] in the table of [${owner}]`)
    const [, returns, name = '', list = ''] = match
    const written = list === '' ? [] : list.split(',').map((one) => one.trim())
    return {
      name,
      returns: returns === undefined ? owner : resolve(returns, owner),
      parameters: written.map((one) => resolve(one.replace('?', ''), owner)),
      nullable: written.map((one) => one.endsWith('?') || one === 'def' || one === 'Object'),
      isStatic,
      call: call as (...values: unknown[]) => unknown,
      declaredBy: owner,
    }
  }

  const build = (name: string): ClassInfo => {
    const known = infos.get(name)
    if (known) return known
    const table = byName.get(name)
    if (!table) throw new Error(`no table of class [${name}]`)
    const supers = new Set([name])
    const statics = new Map<string, Method>()
    const methods = new Map<string, Method>()
    let receive = table.receive as ((value: unknown) => unknown) | undefined
    let functional = table.functional === undefined ? undefined : readMethod(table.functional, () => null, name, false)
    for (const parent of [...(table.extends ?? []), ...(name === 'java.lang.Object' ? [] : ['java.lang.Object'])]) {
      const above = build(parent)
      for (const one of above.supers) supers.add(one)
      for (const [key, method] of above.methods) if (!methods.has(key)) methods.set(key, method)
      receive ??= above.receive
      functional ??= above.functional
    }
    for (const [signature, call] of Object.entries(table.methods ?? {})) {
      const method = readMethod(signature, call, name, false)
      methods.set(`${method.name}/${method.parameters.length}`, method)
    }
    for (const [signature, call] of Object.entries(table.statics ?? {})) {
      const method = readMethod(signature, call, name, true)
      statics.set(`${method.name}/${method.parameters.length}`, method)
    }
    const constructors = new Map<number, Method>()
    for (const [signature, call] of Object.entries(table.constructors ?? {})) {
      const method = readMethod(signature, call, name, true)
      constructors.set(method.parameters.length, { ...method, returns: name })
    }
    const constants = new Map<string, { type: Type; value: unknown }>()
    for (const [written, value] of Object.entries(table.constants ?? {})) {
      const [type = '', constant = ''] = written.split(' ')
      constants.set(constant, { type: resolve(type, name), value })
    }
    const info: ClassInfo = {
      name,
      supers,
      isInterface: table.functional !== undefined || (table.constructors === undefined && INTERFACES.has(name)),
      constructors,
      statics,
      methods,
      constants,
      receive,
      functional,
    }
    infos.set(name, info)
    return info
  }

  for (const { name } of tables) build(name)
  return new ClassLookup(infos, imports)
}

const INTERFACES = new Set([
  'java.lang.CharSequence',
  'java.lang.Comparable',
  'java.lang.Iterable',
  'java.util.Collection',
  'java.util.List',
  'java.util.Map',
  'java.util.Set',
  'java.util.Map.Entry',
  'java.util.Iterator',
  'java.util.stream.Stream',
])

/** What scripts call a class: the part after its package, `Map.Entry` included. */
export function shortName(name: string): string {
  const at = name.search(/(?<![A-Za-z0-9_])[A-Z]/)
  return at < 0 ? name : name.slice(at)
}
