/** One piece of a container's output. */
export interface OutputPiece {
  readonly stream: 'stdout' | 'stderr';
  readonly bytes: Buffer;
}

const headerLength = 8;

/**
 * Takes apart what Docker sends of a container's two streams: each piece has a header of eight bytes, the first of which
 * names the stream and the last four the length. Pieces may be cut anywhere on their way here.
 */
export function demultiplexer(): (chunk: Uint8Array) => readonly OutputPiece[] {
  let held: Buffer = Buffer.alloc(0);
  return (chunk) => {
    held = held.length === 0 ? Buffer.from(chunk) : Buffer.concat([held, chunk]);
    const pieces: OutputPiece[] = [];
    while (held.length >= headerLength) {
      const end = headerLength + held.readUInt32BE(4);
      if (held.length < end) break;
      pieces.push({ stream: held[0] === 2 ? 'stderr' : 'stdout', bytes: held.subarray(headerLength, end) });
      held = held.subarray(end);
    }
    return pieces;
  };
}
