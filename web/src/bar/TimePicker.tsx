import { ChevronDown, ChevronLeft, ChevronRight, Clock, ZoomOut } from 'lucide-react'
import { useState } from 'react'
import type { FormEvent } from 'react'
import { useRecentRanges } from '../app/recent-ranges.ts'
import { prefer, usePreferences } from '../app/preferences.ts'
import { useChangeAddress } from '../app/use-address.ts'
import { Button, IconButton } from '../components/Button.tsx'
import { SelectField, TextField } from '../components/Field.tsx'
import { Popover } from '../components/Popover.tsx'
import { Tooltip } from '../components/Tooltip.tsx'
import { formatInstantLong, formatInterval, formatZone } from '../format/date.ts'
import { messages } from '../messages/messages.ts'
import { browserZone, TimeTextError } from '../time/date-math.ts'
import { QUICK_RANGES, rangeLabel } from '../time/range-label.ts'
import { absoluteRange, parseTypedRange, resolveRange, shiftRange, zoomRange } from '../time/time-range.ts'
import type { TimeRange } from '../time/time-range.ts'
import styles from './TimePicker.module.css'
import type { PageScope } from './use-scope.ts'

const text = messages.time

export function TimePicker({ scope: { range, interval, zone } }: { scope: PageScope }) {
  const [open, setOpen] = useState(false)
  const change = useChangeAddress()
  const { remember } = useRecentRanges()
  const label = rangeLabel(range, zone)
  const choose = (chosen: TimeRange): void => {
    setOpen(false)
    remember(chosen)
    change({ range: chosen })
  }
  const move = (lengths: number) => () => change({ range: absoluteRange(shiftRange(interval, lengths)), live: undefined })
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
        onClick={() => change({ range: absoluteRange(zoomRange(interval, 2)), live: undefined })}
      >
        <ZoomOut size={15} />
      </IconButton>
    </div>
  )
}

function RangeForm({ range, zone, onChoose }: { range: TimeRange; zone: string; onChoose: (range: TimeRange) => void }) {
  const [typed, setTyped] = useState('')
  const [typedError, setTypedError] = useState<string>()
  const [ends, setEnds] = useState(range)
  const [endsError, setEndsError] = useState<string>()
  const { recent } = useRecentRanges()

  const submitTyped = (event: FormEvent): void => {
    event.preventDefault()
    const parsed = parseTypedRange(typed)
    if (parsed === undefined || problemOf(parsed, zone) !== undefined) setTypedError(text.typedError)
    else onChoose(parsed)
  }
  const submitEnds = (event: FormEvent): void => {
    event.preventDefault()
    const problem = problemOf(ends, zone)
    setEndsError(problem)
    if (problem === undefined) onChoose(ends)
  }

  return (
    <div className={styles['form']}>
      <div className={styles['quick']}>
        <h3 className={styles['heading']}>{text.quick}</h3>
        <ul>
          {QUICK_RANGES.map((quick) => (
            <RangeItem
              key={`${quick.from} ${quick.to}`}
              range={quick}
              zone={zone}
              current={quick.from === range.from && quick.to === range.to}
              onChoose={onChoose}
            />
          ))}
        </ul>
      </div>
      <div className={styles['exact']}>
        <form onSubmit={submitTyped}>
          <TextField
            autoFocus
            label={text.typed}
            placeholder={text.typedPlaceholder}
            value={typed}
            error={typedError}
            onChange={(event) => {
              setTyped(event.target.value)
              setTypedError(undefined)
            }}
          />
        </form>
        <form className={styles['ends']} onSubmit={submitEnds}>
          <TextField
            label={text.from}
            value={ends.from}
            onChange={(event) => setEnds({ ...ends, from: event.target.value })}
            spellCheck={false}
          />
          <TextField
            label={text.to}
            value={ends.to}
            onChange={(event) => setEnds({ ...ends, to: event.target.value })}
            error={endsError}
            spellCheck={false}
          />
          <Button type="submit">{messages.apply}</Button>
        </form>
        {recent.length === 0 ? null : (
          <div>
            <h3 className={styles['heading']}>{text.recent}</h3>
            <ul>
              {recent.map((earlier) => (
                <RangeItem
                  key={`${earlier.from} ${earlier.to}`}
                  range={earlier}
                  zone={zone}
                  current={false}
                  onChoose={onChoose}
                />
              ))}
            </ul>
          </div>
        )}
        <ZoneField />
      </div>
    </div>
  )
}

function RangeItem({
  range,
  zone,
  current,
  onChoose,
}: {
  range: TimeRange
  zone: string
  current: boolean
  onChoose: (range: TimeRange) => void
}) {
  return (
    <li>
      <button type="button" className={styles['range']} aria-current={current} onClick={() => onChoose(range)}>
        {rangeLabel(range, zone)}
      </button>
    </li>
  )
}

function ZoneField() {
  const zone = usePreferences((preferences) => preferences.zone)
  const zones = ['UTC', ...Intl.supportedValuesOf('timeZone').filter((name) => name !== 'UTC')]
  return (
    <SelectField
      label={text.zone}
      value={zone}
      onChange={(value) => prefer({ zone: value })}
      options={[
        { value: 'browser', label: text.zoneBrowser(browserZone()) },
        ...zones.map((name) => ({ value: name, label: name.replaceAll('_', ' ') })),
      ]}
    />
  )
}

function problemOf(range: TimeRange, zone: string): string | undefined {
  try {
    resolveRange(range, Date.now(), zone)
    return undefined
  } catch (error) {
    if (error instanceof TimeTextError) return error.message
    throw error
  }
}
