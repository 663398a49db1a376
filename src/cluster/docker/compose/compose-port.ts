import { z } from 'zod';

/** A port of a container that is published on the host. */
export interface ComposePort {
  /** Undefined: every address of the host. */
  readonly address?: string;
  /** The port of the host that is wanted; undefined: a free one. */
  readonly hostPort?: number;
  readonly containerPort: number;
}

/** `[ADDRESS:][HOST PORT]:CONTAINER PORT`, or the container's port alone; undefined for anything else. */
export function parsePort(text: string): ComposePort | undefined {
  const pattern = /^(?:(?:(?<address>[^:[\]]+|\[[^\]]+\]):)?(?<host>\d*):)?(?<container>\d+)(?:\/tcp)?$/;
  const { address, host, container } = pattern.exec(text.trim())?.groups ?? {};
  const containerPort = Number(container);
  // Compose, too, takes port 0 as a wish for a free one.
  const hostPort = Number(host ?? '') === 0 ? undefined : Number(host);
  if (![containerPort, hostPort ?? 1].every((port) => port > 0 && port < 65_536)) return undefined;
  return {
    containerPort,
    ...(hostPort === undefined ? {} : { hostPort }),
    ...(address === undefined ? {} : { address: address.replace(/^\[|\]$/g, '') }),
  };
}

export const composePort = z.union([z.string(), z.number()]).transform((given, context) => {
  const port = parsePort(String(given));
  if (port !== undefined) return port;
  const message =
    'a port is written "127.0.0.1:8080:8080", or "127.0.0.1::8080" for a free one; ranges and UDP are not supported';
  context.addIssue({ code: 'custom', message, input: given });
  return z.NEVER;
});
