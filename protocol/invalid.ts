/** Invalid: the host's answer to anything that it could not process. */

/** Host → guest: the request was refused. */
export interface InvalidAnswer {
  readonly operation: 'invalid';
}
