import { randomBytes } from 'node:crypto'
import { ElkhornError } from '../core/errors.ts'
import type { MetadataSection, MetadataStore } from '../core/metadata-store.ts'
import type { Clock, EpochMillis } from '../core/time.ts'
import { validationError } from './role.ts'
import { hashSecret, verifySecret } from './secret.ts'

/** What a device signs in with over MQTT, HTTP or CoAP. Stored under the device's id, which is its user name. */
export interface DeviceCredential {
  readonly hash: string
  readonly created: EpochMillis
  readonly rotated: EpochMillis | undefined
  readonly enabled: boolean
  /** Says what it is for: `sample factory`, `gateway in hall 3`. */
  readonly description: string
}

export type Device = Omit<DeviceCredential, 'hash'> & { readonly id: string }

const MAX_ID_BYTES = 256

/**
 * Credentials of devices. A secret is always made up here, 192 random bits, so that its hash costs microseconds: ten
 * thousand devices that come back after a power cut must not wait for each other.
 */
export class DeviceStore {
  readonly #devices: MetadataSection<DeviceCredential>
  readonly #clock: Clock

  constructor(metadata: MetadataStore, clock: Clock) {
    this.#devices = metadata.section<DeviceCredential>('security.devices')
    this.#clock = clock
  }

  /**
   * Makes credentials for a new device.
   * @returns the secret, which is kept nowhere
   * @throws ElkhornError 400 for an id that cannot be one, 409 when the device has credentials already
   */
  async issue(id: string, description: string): Promise<string> {
    checkId(id)
    if (this.#devices.has(id)) {
      throw new ElkhornError(
        'resource_already_exists_exception',
        409,
        `device [${id}] has credentials already; rotate them with POST /_elkhorn/devices/${encodeURIComponent(id)}/_rotate`,
      )
    }
    return this.#put(id, { created: this.#clock.now(), rotated: undefined, enabled: true, description })
  }

  /** Makes a new secret; the old one ends at once. @throws ElkhornError 404 */
  async rotate(id: string): Promise<string> {
    const { created, description, enabled } = this.#get(id)
    return this.#put(id, { created, rotated: this.#clock.now(), enabled, description })
  }

  /** @throws ElkhornError 404 */
  async setEnabled(id: string, enabled: boolean): Promise<void> {
    await this.#devices.put(id, { ...this.#get(id), enabled })
  }

  /** @returns whether there were any */
  revoke(id: string): Promise<boolean> {
    return this.#devices.delete(id)
  }

  find(id: string): Device | undefined {
    const device = this.#devices.get(id)
    return device && visible(id, device)
  }

  /** Every device with credentials, sorted by id. */
  list(): Device[] {
    const devices = [...this.#devices.entries()].map(([id, device]) => visible(id, device))
    return devices.sort((a, b) => (a.id < b.id ? -1 : 1))
  }

  verify(id: string, secret: string): boolean {
    const device = this.#devices.get(id)
    return device !== undefined && device.enabled && verifySecret(secret, device.hash)
  }

  #get(id: string): DeviceCredential {
    const device = this.#devices.get(id)
    if (!device) throw new ElkhornError('resource_not_found_exception', 404, `device [${id}] has no credentials`)
    return device
  }

  async #put(id: string, rest: Omit<DeviceCredential, 'hash'>): Promise<string> {
    const secret = randomBytes(24).toString('base64url')
    await this.#devices.put(id, { ...rest, hash: hashSecret(secret) })
    return secret
  }
}

const visible = (id: string, { created, rotated, enabled, description }: DeviceCredential): Device => ({
  id,
  created,
  rotated,
  enabled,
  description,
})

/** Whether a text can be the id of a device. */
export function isDeviceId(id: string): boolean {
  // eslint-disable-next-line no-control-regex -- control characters are what must not be in it
  return id !== '' && Buffer.byteLength(id) <= MAX_ID_BYTES && !/[\u0000-\u001F\u007F+#/]|^_|^\s|\s$/.test(id)
}

function checkId(id: string): void {
  if (!isDeviceId(id)) {
    throw validationError([
      `device id [${id}] must be 1 to ${MAX_ID_BYTES} bytes long, not start with [_] nor contain any of [+ # /], control characters or spaces at its ends`,
    ])
  }
}
