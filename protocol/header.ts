/** The header of every frame. */
import { integer } from './fields.js';
import { layout } from './layout.js';

/** The one version of the protocol. */
export const protocolVersion = 1;

/** What precedes every body. */
export interface Header {
  readonly operation: number;
  /** Bytes of the body; the header is not counted. */
  readonly size: number;
  readonly version: number;
}

export const headerLayout = layout<Header>({
  operation: integer('u8', 'operation', 'see the table of operations'),
  size: integer('u32', 'size', 'the body; the header is not counted', { unit: 'bytes' }),
  version: integer('u16', 'version', `always ${protocolVersion}`),
});

/** Bytes in a frame's header: 7. */
export const headerSize = headerLayout.size;
