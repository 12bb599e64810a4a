import { CircleAlert } from 'lucide-react'
import { Button } from '../components/Button.tsx'
import { reasonOf } from '../components/reason-of.ts'
import { Skeleton } from '../components/Skeleton.tsx'
import { messages } from '../messages/messages.ts'
import { Brand } from './Brand.tsx'
import styles from './edge-pages.module.css'
import { Link } from './Link.tsx'

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

/** The address keeps what the page showed: loading it again loses nothing. */
export function BrokenPage({ error }: { error: unknown }) {
  return (
    <section className={styles['page']} role="alert">
      <CircleAlert size={36} strokeWidth={1.5} />
      <h1>{messages.broken.title}</h1>
      <p>{reasonOf(error)}</p>
      <Button onClick={() => window.location.reload()}>{messages.broken.reload}</Button>
    </section>
  )
}
