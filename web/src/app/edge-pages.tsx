import { Link } from '@tanstack/react-router'
import type { ErrorComponentProps } from '@tanstack/react-router'
import { CircleAlert } from 'lucide-react'
import { Button } from '../components/Button.tsx'
import { reasonOf } from '../components/Notice.tsx'
import { Skeleton } from '../components/Skeleton.tsx'
import { messages } from '../messages/messages.ts'
import { Brand } from './Brand.tsx'
import styles from './edge-pages.module.css'

export function LoadingPage() {
  return (
    <div className={styles['loading']} role="status" aria-label={messages.loading}>
      <Skeleton lines={8} />
    </div>
  )
}

export function NotFoundPage() {
  return (
    <section className={styles['page']}>
      <Brand size={40} />
      <h1>{messages.notFound.title}</h1>
      <p>{messages.notFound.hint}</p>
      <Link to="/">{messages.notFound.home}</Link>
    </section>
  )
}

export function BrokenPage({ error, reset }: ErrorComponentProps) {
  return (
    <section className={styles['page']} role="alert">
      <CircleAlert size={36} strokeWidth={1.5} />
      <h1>{messages.broken.title}</h1>
      <p>{reasonOf(error)}</p>
      <Button onClick={reset}>{messages.broken.reload}</Button>
    </section>
  )
}
