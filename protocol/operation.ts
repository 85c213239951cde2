/** Operations: what is said between host and guest, each with the table of its body. */
import * as E from 'fp-ts/lib/Either.js';
import type { Layout, Shown } from './layout.js';
import type { CountRefusal } from './refusal.js';

/** Which side sends a frame. */
export type Direction = 'guest' | 'host';

/** What is known of every operation: the columns of the table of operations. */
export interface OperationFacts {
  /** Value of the header's operation byte. */
  readonly code: number;
  /** `scan request` */
  readonly name: string;
  readonly from: Direction;
  readonly sentAs: 'request' | 'answer' | 'notification' | 'answer or notification';
  /** What it is for, for the page. */
  readonly doc: string;
}

/** A structure in a body, for those who show bodies. */
export interface BodyPart {
  /** Absent: the body begins with it. Else the name of the column that says how many of them follow. */
  readonly repeatedBy?: string;
  readonly layout: Pick<Layout<unknown>, 'size' | 'columns' | 'meanings'>;
}

/** An operation that carries messages of type `M`; `F` is what can be wrong with a body of possible size. */
export interface Operation<M extends { readonly operation: string }, F> extends OperationFacts {
  readonly message: M['operation'];
  /** Fewest and most bytes of a body. */
  readonly minimumSize: number;
  readonly maximumSize: number;
  readonly parts: readonly BodyPart[];
  readonly bodySize: (message: M) => number;
  readonly write: (message: M, view: DataView, at: number) => void;
  /** Reads the body between `at` and `end`, which is of possible size. */
  readonly read: (view: DataView, at: number, end: number) => E.Either<F, M>;
  /** For a log line; no secrets. */
  readonly show: (message: M) => Readonly<Record<string, Shown>>;
}

/** What the messages of an operation hold besides the tag. */
export type Body<M> = Omit<M, 'operation'>;

/** The operation whose whole body is one structure. */
export const operationOf = <M extends { readonly operation: string }>(
  facts: OperationFacts,
  message: M['operation'],
  body: Layout<Body<M>>,
): Operation<M, CountRefusal> => ({
  ...facts,
  message,
  minimumSize: body.size,
  maximumSize: body.maximumSize,
  parts: [{ layout: body }],
  bodySize: body.sizeOf,
  write: body.write,
  read: (view, at, end) => {
    const refusal = body.check(view, at, end);
    // The table has a field for every key of M but the tag.
    return refusal === undefined
      ? E.right({ operation: message, ...body.read(view, at) } as M)
      : E.left(refusal);
  },
  show: body.show,
});
