/** `POST /_ui/session` */
export interface SignIn {
  readonly username: string
  readonly password: string
}

/** `GET /_ui/session`: who is signed in. */
export interface SessionAnswer {
  readonly username: string
  readonly roles: readonly string[]
  /** May save dashboards, data views and searches. */
  readonly canEdit: boolean
  /** Version of the program that serves the pages. */
  readonly version: string
}
