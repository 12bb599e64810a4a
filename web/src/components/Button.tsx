import type { ComponentProps, ReactNode } from 'react'
import styles from './Button.module.css'
import { classNames } from './class-names.ts'
import { Tooltip } from './Tooltip.tsx'

export interface ButtonProps extends ComponentProps<'button'> {
  /** `primary` once a view at most; `quiet` has no frame until it is pointed at. */
  readonly look?: 'primary' | 'plain' | 'quiet' | 'danger'
  readonly size?: 'medium' | 'small'
  readonly icon?: ReactNode
}

export function Button({ look = 'plain', size = 'medium', icon, className, children, type = 'button', ...rest }: ButtonProps) {
  return (
    <button type={type} className={classNames(styles['button'], styles[look], styles[size], className)} {...rest}>
      {icon}
      {children}
    </button>
  )
}

export interface IconButtonProps extends Omit<ComponentProps<'button'>, 'aria-label'> {
  /** What it does: its accessible name, and its tooltip. */
  readonly label: string
  readonly shortcut?: string
  readonly look?: 'plain' | 'quiet'
  readonly size?: 'medium' | 'small'
}

export function IconButton({
  label,
  shortcut,
  look = 'quiet',
  size = 'medium',
  className,
  type = 'button',
  ...rest
}: IconButtonProps) {
  return (
    <Tooltip text={label} {...(shortcut === undefined ? {} : { shortcut })}>
      <button
        type={type}
        aria-label={label}
        className={classNames(styles['button'], styles['square'], styles[look], styles[size], className)}
        {...rest}
      />
    </Tooltip>
  )
}
