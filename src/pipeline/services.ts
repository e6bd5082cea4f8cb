import type { ListenerPlan, Plan } from '../config/plan';
import type { AgentChooser } from '../decide/agents';
import type { CandidateHealth } from '../decide/candidate-health';
import type { ModelDirectory } from '../decide/models';
import type { CloudTokens } from '../ports/cloud-tokens';
import type { Log } from '../ports/log';
import type { Metrics } from '../ports/metrics';
import type { SideCalls } from '../ports/side-calls';
import type { Telemetry } from '../ports/telemetry';
import type { RequestWire } from '../wire/api';
import type { Metering } from './metering';

/** Everything from outside that stages may use; passed in, so that tests bring their own. */
export interface Services {
  readonly plan: Plan;
  readonly models: ModelDirectory;
  /** What answers of the past say about candidates; shared by all listeners. */
  readonly health: CandidateHealth;
  readonly wire: RequestWire;
  readonly sideCalls: SideCalls;
  readonly telemetry: Telemetry;
  readonly metrics: Metrics;
  readonly metering: Metering;
  readonly log: Log;
  /** Values for SecretTemplate variables; memory only. */
  readonly secrets: ReadonlyMap<string, string>;
  /** Absent where no model needs one. */
  readonly tokens?: CloudTokens;
  /** Uniform in [0, 1). */
  readonly random: () => number;
  /** Milliseconds, monotonic. */
  readonly now: () => number;
  readonly isReady: () => boolean;
}

export interface ListenerServices extends Services {
  readonly listener: ListenerPlan;
  /** Agent listeners only. */
  readonly agents?: AgentChooser;
}
