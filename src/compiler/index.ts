/**
 * Plan → Envoy 1.40 resources → files. One file per kind of resource; every setting that is not obvious carries its reason,
 * which is printed as a comment.
 *
 * Not here: reading configuration (`config`), anything per request (the sidecar), starting Envoy (`cli`).
 * Called by `cli` (compile, up) and by tests that need a real Envoy.
 */
export { compile } from './compile';
export { listenerName } from './listener';
export { ACCESS_LOG_FILE } from './access-log';
export {
  BOOTSTRAP_FILE,
  CLUSTERS_FILE,
  LISTENERS_FILE,
  printDirectory,
  printStatic,
  type EnvoyResources,
} from './print';
export { CLIENT_PATH_STATE, EGRESS_LISTENER, NO_ROUTE_CLUSTER, SIDECAR_CLUSTER } from './resource-names';
export type { EnvoyObject } from './resource';
export { PLAN_FILE, writeDirectory, writeStatic } from './write';
