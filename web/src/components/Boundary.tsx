import { Component } from 'react'
import type { ReactNode } from 'react'
import { retryChunks } from './in-chunk.tsx'

export interface BoundaryProps {
  readonly children: ReactNode
  /** What stands in for what broke. */
  readonly broken: (error: unknown, retry: () => void) => ReactNode
}

/** What breaks inside leaves everything outside alone. */
export class Boundary extends Component<BoundaryProps, { readonly error: unknown }> {
  override state: { readonly error: unknown } = { error: undefined }

  static getDerivedStateFromError(error: unknown): { readonly error: unknown } {
    return { error }
  }

  override render(): ReactNode {
    if (this.state.error === undefined) return this.props.children
    return this.props.broken(this.state.error, () => {
      retryChunks()
      this.setState({ error: undefined })
    })
  }
}
