import { ChevronDown, ChevronLeft, ChevronRight, Clock, ZoomOut } from 'lucide-react'
import { useState } from 'react'
import { useRecentRanges } from '../app/recent-ranges.ts'
import { changeAddress } from '../app/place.ts'
import { Button, IconButton } from '../components/Button.tsx'
import { inChunk } from '../components/in-chunk.tsx'
import { Popover } from '../components/Popover.tsx'
import { Tooltip } from '../components/Tooltip.tsx'
import { formatInstantLong, formatInterval, formatZone } from '../format/date.ts'
import { messages } from '../messages/messages.ts'
import { rangeLabel } from '../time/range-label.ts'
import { absoluteRange, shiftRange, zoomRange } from '../time/time-range.ts'
import type { TimeRange } from '../time/time-range.ts'
import styles from './TimePicker.module.css'
import type { PageScope } from './use-scope.ts'

const text = messages.time
const RangeForm = inChunk(async () => (await import('./RangeForm.tsx')).RangeForm)

export function TimePicker({ scope: { range, interval, zone } }: { scope: PageScope }) {
  const [open, setOpen] = useState(false)
  const { remember } = useRecentRanges()
  const label = rangeLabel(range, zone)
  const choose = (chosen: TimeRange): void => {
    setOpen(false)
    remember(chosen)
    changeAddress({ range: chosen })
  }
  const move = (lengths: number) => () => changeAddress({ range: absoluteRange(shiftRange(interval, lengths)), live: undefined })
  return (
    <div className={styles['group']}>
      <IconButton label={messages.bar.back} look="plain" className={styles['step']} onClick={move(-1)}>
        <ChevronLeft size={15} />
      </IconButton>
      <Popover
        label={text.label}
        open={open}
        onOpenChange={setOpen}
        align="end"
        className={styles['popover']}
        trigger={
          <Button
            className={styles['button']}
            icon={<Clock size={14} className={styles['icon']} />}
            data-shortcut="time-range"
            aria-label={text.button(label)}
          >
            <span className={styles['label']}>{label}</span>
            <ChevronDown size={14} className={styles['icon']} />
          </Button>
        }
      >
        <RangeForm range={range} zone={zone} onChoose={choose} />
        <Tooltip text={`${formatInstantLong(interval.from, zone)} – ${formatInstantLong(interval.to, zone)}`}>
          <p className={styles['resolved']}>
            {formatInterval(interval, zone, interval.to)} · {formatZone(interval.to, zone)}
          </p>
        </Tooltip>
      </Popover>
      <IconButton label={messages.bar.forward} look="plain" className={styles['step']} onClick={move(1)}>
        <ChevronRight size={15} />
      </IconButton>
      <IconButton
        label={messages.bar.zoomOut}
        look="plain"
        className={styles['last']}
        onClick={() => changeAddress({ range: absoluteRange(zoomRange(interval, 2)), live: undefined })}
      >
        <ZoomOut size={15} />
      </IconButton>
    </div>
  )
}
