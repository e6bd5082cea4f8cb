/**
 * Every verb of the command line, in the order the help shows them. One file per verb; this list is the only place
 * that names them all.
 */
import type { Verb } from '../verb';
import { compile } from './compile';
import { validate } from './validate';

export const VERBS: readonly Verb[] = [validate, compile];
