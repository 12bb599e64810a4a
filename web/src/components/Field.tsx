import { useId } from 'react'
import type { ComponentProps, ReactNode } from 'react'
import { classNames } from './class-names.ts'
import styles from './Field.module.css'

export interface TextFieldProps extends ComponentProps<'input'> {
  readonly label: string
  /** Said below it; in place of the hint. */
  readonly error?: string | undefined
  readonly hint?: ReactNode
  /** The label is for assistive technology only. */
  readonly bare?: boolean
}

export function TextField({ label, error, hint, bare = false, className, ...rest }: TextFieldProps) {
  const id = useId()
  const below = error ?? hint
  return (
    <div className={classNames(styles['field'], className)}>
      <label htmlFor={id} className={bare ? 'visually-hidden' : styles['label']}>
        {label}
      </label>
      <input
        id={id}
        className={styles['input']}
        aria-invalid={error === undefined ? undefined : true}
        aria-describedby={below === undefined ? undefined : `${id}-below`}
        {...rest}
      />
      {below === undefined ? null : (
        <p id={`${id}-below`} className={error === undefined ? styles['hint'] : styles['error']}>
          {below}
        </p>
      )}
    </div>
  )
}

export interface SelectFieldProps extends Omit<ComponentProps<'select'>, 'onChange'> {
  readonly label: string
  readonly options: readonly { readonly value: string; readonly label: string }[]
  readonly onChange: (value: string) => void
}

export function SelectField({ label, options, onChange, className, ...rest }: SelectFieldProps) {
  const id = useId()
  return (
    <div className={classNames(styles['field'], className)}>
      <label htmlFor={id} className={styles['label']}>
        {label}
      </label>
      <select id={id} className={styles['input']} onChange={(event) => onChange(event.target.value)} {...rest}>
        {options.map((option) => (
          <option key={option.value} value={option.value}>
            {option.label}
          </option>
        ))}
      </select>
    </div>
  )
}
