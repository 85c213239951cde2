/** Who may look: a page of this inspector, or a program on this machine, that has the token. */
import { createHash, randomBytes } from 'node:crypto';
import type { IncomingHttpHeaders } from 'node:http';

const mostKeys = 64;

const digest = (secret: string): string => createHash('sha256').update(secret).digest('hex');

const newSecret = (): string => randomBytes(24).toString('base64url');

/** Secrets are compared by their digests, so that the time a comparison takes tells nothing. */
class Secrets {
  readonly #digests = new Set<string>();

  add(secret: string): void {
    this.#digests.add(digest(secret));
    if (this.#digests.size <= mostKeys) return;
    for (const oldest of this.#digests) {
      this.#digests.delete(oldest);
      break;
    }
  }

  has(secret: string): boolean {
    return this.#digests.has(digest(secret));
  }

  take(secret: string): boolean {
    return this.#digests.delete(digest(secret));
  }
}

/**
 * A token opens one connection, which gets a key for those that follow: a page that is loaded again or connects again. A
 * `fixed` token opens any number, also of an inspector that is started again with the same one.
 */
export class Access {
  readonly #fixed: string | undefined;
  readonly #tokens = new Secrets();
  readonly #keys = new Secrets();

  constructor(fixed?: string) {
    this.#fixed = fixed;
  }

  /** A token that has not been used. */
  newToken(): string {
    if (this.#fixed !== undefined) return this.#fixed;
    const token = newSecret();
    this.#tokens.add(token);
    return token;
  }

  /** The key for further connections; null: the token is wrong or used up. */
  admit(token: string): string | null {
    if (this.#fixed !== undefined && digest(token) === digest(this.#fixed)) return token;
    if (this.#keys.has(token)) return token;
    if (!this.#tokens.take(token)) return null;
    const key = newSecret();
    this.#keys.add(key);
    return key;
  }
}

/**
 * Is the request for this very machine, by its loopback name, and from no other page? A browser always says which page a socket
 * is opened from; a program that is no browser need not.
 */
export const isOwn = ({ host, origin }: IncomingHttpHeaders, port: number): boolean => {
  const names = [`127.0.0.1:${port}`, `localhost:${port}`];
  if (host === undefined || !names.includes(host)) return false;
  return origin === undefined || origin === `http://${host}`;
};
