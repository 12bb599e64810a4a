/** How 5601 says no: the public error type, HTTP status and a reason that names the value. */
export interface WireError {
  readonly type: string
  readonly status: number
  readonly reason: string
}
