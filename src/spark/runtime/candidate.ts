/** A program that was looked at and not taken, with the reason, for the message when none fits. */
export interface PassedOver {
  readonly place: string;
  readonly reason: string;
}

/** `  /usr/bin/java: version 11.0.2 is older than 17`, one line each. */
export function describePassedOver(passedOver: readonly PassedOver[]): string {
  return passedOver.map(({ place, reason }) => `\n  ${place}: ${reason}`).join('');
}
