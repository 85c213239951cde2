/** Invalid: the host's answer to anything that it could not process. */
import { layout } from './layout.js';
import { type Body, operationOf } from './operation.js';

/** Host → guest: the request was refused. */
export interface InvalidAnswer {
  readonly operation: 'invalid';
}

export const invalidAnswer = operationOf<InvalidAnswer>(
  {
    code: 0,
    name: 'invalid',
    from: 'host',
    sentAs: 'answer',
    doc: 'The host could not process the request.',
  },
  'invalid',
  layout<Body<InvalidAnswer>>({}),
);
