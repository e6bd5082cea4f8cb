/**
 * Configuration: a YAML file goes in, a Plan comes out, or every problem of the file at once.
 * read (YAML) → schema → migrate (old forms) → validate (rules) → resolve (defaults, references) → Plan.
 * Not here: what Envoy makes of a Plan (`compiler`), what the sidecar does with it (`pipeline`), printing and exit codes (`cli`).
 * Callers: `cli`, which hands the Plan on; everybody else imports the types of `plan.ts` only.
 */
export { fillTemplate } from './secret-template';
export { findConfigFile } from './find-config-file';
export { loadConfig } from './load-config';
export { readPlan, sealPlan } from './plan-file';
export { problemsJson, type ProblemsJson } from './problems-json';
export { renderProblems } from './render';
export { zeroConfigText } from './zero-config';
export type * from './load';
export type * from './problem';
export * from './plan';
