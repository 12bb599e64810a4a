/** What whatever was thrown says: for fields of the log, tags and answers. */
export function reasonOf(error: unknown): string {
  // A host with several addresses fails with an error for each, and often no text of its own.
  if (error instanceof AggregateError && error.errors.length > 0)
    return [error.message, reasonOf(error.errors[0])].filter((text) => text !== '').join(': ')
  if (typeof error === 'object' && error !== null && 'message' in error) return String(error.message)
  return String(error)
}
