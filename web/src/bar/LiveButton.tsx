import { RotateCw } from 'lucide-react'
import { refresh } from '../app/moment.ts'
import { changeAddress } from '../app/place.ts'
import { IconButton } from '../components/Button.tsx'
import { classNames } from '../components/class-names.ts'
import { Tooltip } from '../components/Tooltip.tsx'
import { messages } from '../messages/messages.ts'
import styles from './LiveButton.module.css'

export interface LiveButtonProps {
  readonly live: boolean
  readonly loading: boolean
  readonly state: 'connecting' | 'open' | 'waiting' | undefined
}

export function LiveButton({ live, loading, state }: LiveButtonProps) {
  const waiting = live && state === 'waiting'
  return (
    <div className={styles['group']}>
      <IconButton label={messages.bar.refresh} shortcut="r" look="plain" className={styles['refresh']} onClick={refresh}>
        <RotateCw size={15} className={classNames(loading && styles['turning'])} />
      </IconButton>
      <Tooltip text={waiting ? messages.bar.liveWaiting : messages.bar.liveHint} shortcut="l">
        <button
          type="button"
          aria-pressed={live}
          className={styles['live']}
          data-state={live ? (state ?? 'open') : 'off'}
          onClick={() => changeAddress({ live: !live }, 'replace')}
        >
          <span className={styles['dot']} />
          {messages.bar.live}
        </button>
      </Tooltip>
    </div>
  )
}
