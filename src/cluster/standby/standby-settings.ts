/** The wish of a cluster for standby drivers. */
export interface StandbySettings {
  /** The time after which one that nobody has taken leaves. */
  readonly idleMs: number;
}

/** The time that a standby waits unless the person says otherwise. */
export const usualIdleMs = 15 * 60_000;
