import { chooseInstance } from '../chosen-instance';
import { removeSockets } from '../instance';
import { removeState, runningState } from '../instance-state';
import { endProcess } from '../processes';
import { asStep, terminalProgress } from '../progress';
import { defineVerb } from './verb';

/** Longer than the supervisor takes to drain and to end both processes, so that it is only killed when it hangs. */
const SUPERVISOR_GRACE_MS = 25_000;
const ORPHAN_GRACE_MS = 2_000;

const EXAMPLES = `
Open requests may finish for up to 10 seconds. What a killed instance left behind is cleaned up.

Examples:
  $ outerloop down                 the only running instance, or the one of this folder
  $ outerloop down config.yaml`;

export const verb = defineVerb({
  id: 'down',
  group: 'Run',
  summary: 'stop an instance and everything that belongs to it',
  declare(command) {
    command.argument('[file]', 'configuration file of the instance').addHelpText('after', EXAMPLES);
  },
  async run({ terminal, arguments: [given] }) {
    const instance = await chooseInstance(given, terminal);
    const state = await runningState(instance);
    if (state === undefined) {
      terminal.out(given === undefined ? 'Nothing runs.\n' : `Nothing runs for ${instance.configFile}.\n`);
      return 0;
    }
    await asStep(terminalProgress(terminal), `Stop ${instance.configFile}`, async () => {
      await endProcess(state.supervisor, SUPERVISOR_GRACE_MS);
      // The supervisor has done this already unless it had to be killed.
      for (const part of [state.envoy, state.sidecar]) {
        if (part !== undefined) await endProcess(part.process, ORPHAN_GRACE_MS);
      }
      await removeSockets(instance);
      await removeState(instance);
    });
    return 0;
  },
});
