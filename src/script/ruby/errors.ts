import { RClass, RException } from './value.ts'

const BasicObject = new RClass('BasicObject')
export const ObjectClass = new RClass('Object', BasicObject)
export const ExceptionClass = new RClass('Exception', ObjectClass)
export const StandardError = new RClass('StandardError', ExceptionClass)
const ScriptError = new RClass('ScriptError', ExceptionClass)
export const NotImplementedErrorClass = new RClass('NotImplementedError', ScriptError)
export const LoadError = new RClass('LoadError', ScriptError)
export const SystemStackError = new RClass('SystemStackError', ExceptionClass)
export const ArgumentError = new RClass('ArgumentError', StandardError)
export const UncaughtThrowError = new RClass('UncaughtThrowError', ArgumentError)
export const TypeErrorClass = new RClass('TypeError', StandardError)
export const ZeroDivisionError = new RClass('ZeroDivisionError', StandardError)
export const NameError = new RClass('NameError', StandardError)
export const NoMethodError = new RClass('NoMethodError', NameError)
export const IndexError = new RClass('IndexError', StandardError)
export const KeyError = new RClass('KeyError', IndexError)
export const StopIteration = new RClass('StopIteration', IndexError)
export const RangeErrorClass = new RClass('RangeError', StandardError)
export const FloatDomainError = new RClass('FloatDomainError', RangeErrorClass)
export const RuntimeError = new RClass('RuntimeError', StandardError)
export const FrozenError = new RClass('FrozenError', RuntimeError)
export const RegexpErrorClass = new RClass('RegexpError', StandardError)
export const LocalJumpError = new RClass('LocalJumpError', StandardError)
export const EncodingError = new RClass('EncodingError', StandardError)
export const JsonParserError = new RClass('JSON::ParserError', StandardError)
export const TimestampParserError = new RClass('LogStash::TimestampParserError', StandardError)
export const InvalidAddressError = new RClass('IPAddr::InvalidAddressError', ArgumentError)

export const exceptionClasses: readonly RClass[] = [
  ExceptionClass,
  StandardError,
  ScriptError,
  NotImplementedErrorClass,
  LoadError,
  SystemStackError,
  ArgumentError,
  UncaughtThrowError,
  TypeErrorClass,
  ZeroDivisionError,
  NameError,
  NoMethodError,
  IndexError,
  KeyError,
  StopIteration,
  RangeErrorClass,
  FloatDomainError,
  RuntimeError,
  FrozenError,
  RegexpErrorClass,
  LocalJumpError,
  EncodingError,
  JsonParserError,
  TimestampParserError,
  InvalidAddressError,
]

/** A Ruby exception on its way up. */
export class RubyError extends Error {
  readonly exception: RException

  constructor(exception: RException) {
    super(exception.message)
    this.name = 'RubyError'
    this.exception = exception
  }
}

/** A script used more steps or memory than it may. No `rescue` of the script gets it. */
export class RubyLimitError extends Error {
  constructor(message: string) {
    super(message)
    this.name = 'RubyLimitError'
  }
}

export function raise(klass: RClass, message: string): never {
  throw new RubyError(new RException(klass, message))
}

export function wrongArguments(given: number, expected: string): never {
  return raise(ArgumentError, `wrong number of arguments (given ${given}, expected ${expected})`)
}
