import { useState } from 'react'
import type { FormEvent } from 'react'
import { useRecentRanges } from '../app/recent-ranges.ts'
import { prefer, usePreferences } from '../app/preferences.ts'
import { Button } from '../components/Button.tsx'
import { SelectField, TextField } from '../components/Field.tsx'
import { messages } from '../messages/messages.ts'
import { browserZone } from '../time/browser-zone.ts'
import { TimeTextError } from '../time/date-math.ts'
import { QUICK_RANGES, rangeLabel } from '../time/range-label.ts'
import { parseTypedRange, resolveRange } from '../time/time-range.ts'
import type { TimeRange } from '../time/time-range.ts'
import styles from './TimePicker.module.css'

const text = messages.time

/** Ranges to choose from, two fields for any other, and the zone that times are in. */
export function RangeForm({ range, zone, onChoose }: { range: TimeRange; zone: string; onChoose: (range: TimeRange) => void }) {
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
