/** Session ids: numbers that the host gives to attempts to connect, one after another. */
import { integer } from './fields.js';
import type { Field } from './layout.js';

/** A session id: 0 to 2^53−1. 64 bits on the wire, of which larger ones read as 2^53−1. */
export const sessionIdField = (doc: string): Field<number> => integer('u64', 'session_id', doc);
