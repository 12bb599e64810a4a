import { useQuery } from '@tanstack/react-query'
import { LayoutDashboard } from 'lucide-react'
import { useState } from 'react'
import { carried } from '../../app/address.ts'
import { Link } from '../../app/Link.tsx'
import { dashboardPath, hrefOf, useAddress } from '../../app/place.ts'
import { objectsQuery } from '../../app/saved.ts'
import { useFirstView } from '../../app/use-first-view.ts'
import { useTitle } from '../../app/use-title.ts'
import { TextField } from '../../components/Field.tsx'
import { Empty, Failure } from '../../components/Notice.tsx'
import { Skeleton } from '../../components/Skeleton.tsx'
import { formatAgo } from '../../format/date.ts'
import { messages } from '../../messages/messages.ts'
import styles from './DashboardListPage.module.css'

const text = messages.dashboards

export function DashboardListPage() {
  useTitle(text.title)
  const address = useAddress()
  const [wanted, setWanted] = useState('')
  const { data, error, refetch } = useQuery(objectsQuery('dashboard'))
  useFirstView(data !== undefined)
  const needle = wanted.trim().toLowerCase()
  const shown = (data ?? []).filter(({ title, description = '', tags = [] }) =>
    [title, description, ...tags].some((part) => part.toLowerCase().includes(needle)),
  )
  return (
    <div className={styles['page']}>
      <header className={styles['header']}>
        <h1>{text.title}</h1>
        <TextField
          bare
          type="search"
          label={text.find}
          placeholder={text.find}
          value={wanted}
          onChange={(event) => setWanted(event.target.value)}
          data-shortcut="query"
          className={styles['find']}
        />
      </header>
      {error !== null ? <Failure error={error} onRetry={() => void refetch()} /> : null}
      {data === undefined && error === null ? <Skeleton lines={5} /> : null}
      {data?.length === 0 ? (
        <Empty title={text.empty} command={text.emptyCommand}>
          {text.emptyHint}
        </Empty>
      ) : null}
      {data !== undefined && data.length > 0 && shown.length === 0 ? <Empty title={text.noneFound} /> : null}
      <ul className={styles['list']}>
        {shown.map(({ id, title, description, tags = [], updatedAt, updatedBy }) => (
          <li key={id}>
            <Link to={hrefOf(dashboardPath(id), carried(address))} className={styles['entry']}>
              <LayoutDashboard size={18} strokeWidth={1.75} className={styles['icon']} />
              <span className={styles['text']}>
                <strong>{title}</strong>
                {description === undefined ? null : <span>{description}</span>}
              </span>
              <span className={styles['tags']}>
                {tags.map((tag) => (
                  <span key={tag} className={styles['tag']}>
                    {tag}
                  </span>
                ))}
              </span>
              <span className={styles['changed']}>{text.changed(formatAgo(updatedAt, Date.now()), updatedBy)}</span>
            </Link>
          </li>
        ))}
      </ul>
    </div>
  )
}
