import { writeDirectory } from '../compiler';
import type { Plan } from '../config';
import { followAccessLog } from './access-log-lines';
import { environmentForChildren, isInBackground, reportReady } from './background';
import { findEnvoy, type FoundEnvoy } from './envoy-binary';
import { CommandFailure, type ExitCode } from './failure';
import { createFolders, instanceOf, instanceWiring, removeSockets, type Instance } from './instance';
import { claim, firstState, removeState, runningInstances } from './instance-state';
import { aborted, listenForInterruption, type Interruption } from './interruption';
import { deadAgents } from './listener-health';
import { startNewLogs } from './log-files';
import { blockedPortsFailure, findBlockedPorts } from './ports-check';
import { identify, type ProcessIdentity } from './processes';
import { asStep, terminalProgress, type Progress } from './progress';
import { demandStartable, loadChoice, type ConfigChoice, type ReadyConfig } from './read-config';
import { shellWord } from './shell-word';
import { renderSummary } from './summary';
import { Supervisor } from './supervisor';
import type { Terminal } from './terminal';
import { homeFolder } from './wiring';

export interface RunOptions {
  readonly terminal: Terminal;
  readonly choice: ConfigChoice;
  readonly envoy: string | undefined;
  /** 0: any free one. */
  readonly adminPort: number;
}

/** Time for open requests to finish when the instance is asked to stop. */
const DRAIN_MS = 10_000;

/** One run of an instance, from reading its configuration to the end of its processes. */
export async function runInstance(options: RunOptions): Promise<ExitCode> {
  const interruption = listenForInterruption();
  const progress = terminalProgress(options.terminal);
  const instance = instanceOf(homeFolder(options.terminal.env), options.choice.file);
  const config = await readConfig(options, progress);
  const identity = (await identify(process.pid)) ?? { pid: process.pid, startedAt: '' };
  await createFolders(instance);
  await claimInstance(instance, identity, options.choice.shown);
  let supervisor: Supervisor | undefined;
  try {
    const envoy = await prepare(options, config, instance, progress, interruption.asked);
    supervisor = new Supervisor({
      instance,
      identity,
      plan: config.plan,
      wiring: instanceWiring(instance, options.adminPort),
      secrets: config.secrets,
      envoyBinary: envoy.path,
      env: environmentForChildren(options.terminal.env),
      progress,
    });
    await Promise.race([supervisor.start(), interruptedStart(interruption)]);
    return await stayUp(options, config.plan, supervisor, instance, interruption, progress);
  } finally {
    await end(supervisor, instance, interruption, progress);
  }
}

async function readConfig(options: RunOptions, progress: Progress): Promise<ReadyConfig> {
  const title =
    options.choice.text === undefined ? 'Read the configuration' : 'Make a configuration from provider keys';
  return asStep(
    progress,
    title,
    async () => demandStartable(await loadChoice(options.choice, options.terminal), options.terminal),
    ({ plan }) => describePlan(options.choice, plan),
  );
}

function describePlan(choice: ConfigChoice, plan: Plan): string {
  const counted = `${plan.listeners.length} listeners, ${plan.models.length} models, ${plan.agents.length} agents`;
  return choice.text === undefined ? `${choice.shown}: ${counted}` : plan.secretNames.join(', ');
}

async function claimInstance(instance: Instance, identity: ProcessIdentity, shown: string): Promise<void> {
  const running = await claim(instance, firstState(instance, identity));
  if (running === undefined) return;
  const file = shellWord(instance.configFile);
  throw new CommandFailure(`${shown} runs already (pid ${running.supervisor.pid}).`, {
    fix: `Stop it with "outerloop down ${file}"; "outerloop status ${file}" shows it.`,
  });
}

/** Everything that must be in place before a process starts. */
async function prepare(
  options: RunOptions,
  config: ReadyConfig,
  instance: Instance,
  progress: Progress,
  signal: AbortSignal,
): Promise<FoundEnvoy> {
  const { terminal } = options;
  const home = homeFolder(terminal.env);
  await asStep(progress, 'Check that the ports are free', () => checkPorts(options, config.plan, home));
  const envoy = await asStep(
    progress,
    'Find Envoy',
    (step) =>
      findEnvoy({
        env: terminal.env,
        home,
        report: (detail) => step.update(detail),
        signal,
        ...(options.envoy === undefined ? {} : { flag: options.envoy }),
      }),
    (found) => `${found.version} from ${found.source === 'flag' ? '--envoy' : found.source} (${found.path})`,
  );
  for (const note of envoy.notes) progress.warn(note);
  await asStep(progress, 'Write the resources for Envoy', async () => {
    await startNewLogs(instance.logFolder);
    await removeSockets(instance);
    await createFolders(instance);
    await writeDirectory(instance.envoyFolder, config.plan, instanceWiring(instance, options.adminPort));
  });
  return envoy;
}

async function checkPorts(options: RunOptions, plan: Plan, home: string): Promise<void> {
  const wanted = plan.listeners.map(({ name, address, port }) => ({ owner: `listener "${name}"`, address, port }));
  const admin = { owner: 'the Envoy admin', address: '127.0.0.1', port: options.adminPort };
  const blocked = await findBlockedPorts(options.adminPort === 0 ? wanted : [...wanted, admin]);
  if (blocked.length === 0) return;
  const others = await runningInstances(home);
  throw blockedPortsFailure(blocked, (pid) => {
    return others.find(({ state }) => state.envoy?.process.pid === pid)?.state.configFile;
  });
}

async function interruptedStart(interruption: Interruption): Promise<never> {
  await aborted(interruption.asked);
  throw new CommandFailure('Interrupted before everything was ready.');
}

/** Tells what listens where, then follows the requests until somebody ends it or a process cannot be kept alive. */
async function stayUp(
  options: RunOptions,
  plan: Plan,
  supervisor: Supervisor,
  instance: Instance,
  interruption: Interruption,
  progress: Progress,
): Promise<ExitCode> {
  const { terminal } = options;
  const background = isInBackground(terminal.env);
  for (const agent of await deadAgents(plan)) {
    progress.warn(`Agent "${agent.id}" does not answer at ${agent.address}: start it before you ask for it.`);
  }
  const { adminAddress, metricsAddress } = supervisor;
  progress.text(renderSummary(plan, { adminAddress, metricsAddress, logFolder: instance.logFolder }, terminal));
  progress.text(
    background
      ? `Stop it with: outerloop down${options.choice.text === undefined ? ` ${shellWord(options.choice.shown)}` : ''}\n`
      : 'Ctrl-C stops it.\n',
  );
  if (background) await reportReady();
  else void followAccessLog(instance.logFolder, terminal, interruption.asked);
  const failure = await Promise.race([supervisor.givenUp, aborted(interruption.asked)]);
  if (failure === undefined) return 0;
  throw failure;
}

async function end(
  supervisor: Supervisor | undefined,
  instance: Instance,
  interruption: Interruption,
  progress: Progress,
): Promise<void> {
  if (supervisor === undefined) {
    await removeSockets(instance);
    await removeState(instance);
    return;
  }
  await asStep(progress, 'Stop Envoy and the sidecar', () => supervisor.stop(DRAIN_MS, interruption.hurried));
}
