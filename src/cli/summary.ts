import type { ListenerPlan, ModelPlan, Plan } from '../config';
import { catalogModels, findProvider } from '../providers/registry';
import { reachableAddress } from './listener-health';
import { shellWord } from './shell-word';
import type { Terminal } from './terminal';

export interface RunningPlaces {
  readonly adminAddress: string | undefined;
  readonly metricsAddress: string | undefined;
  readonly logFolder: string;
}

/** What listens where, and one request that works with this configuration. */
export function renderSummary(plan: Plan, places: RunningPlaces, terminal: Terminal): string {
  const { bold, dim } = terminal.outColors;
  const rows = plan.listeners.map((listener) => [
    listener.name,
    `${listener.type} listener`,
    listenerUrl(listener),
    isOpenToOthers(listener) ? 'reachable from other machines' : '',
  ]);
  if (places.metricsAddress !== undefined) rows.push(['metrics', '', `http://${places.metricsAddress}/metrics`, '']);
  if (places.adminAddress !== undefined) rows.push(['envoy admin', '', `http://${places.adminAddress}`, '']);
  rows.push(['logs', '', places.logFolder, '']);
  const widths = [0, 1, 2].map((column) => Math.max(...rows.map((row) => row[column]?.length ?? 0)));
  const lines = rows.map(([name = '', kind = '', place = '', remark = '']) => {
    const cells = [name.padEnd(widths[0] ?? 0), kind.padEnd(widths[1] ?? 0), place.padEnd(widths[2] ?? 0)];
    return `  ${bold(cells[0] ?? '')}  ${cells[1]}  ${remark === '' ? place : `${cells[2]}  ${dim(remark)}`}`;
  });
  const example = exampleRequest(plan);
  const tryIt = example === undefined ? '' : `\nTry it:\n${example}\n`;
  return `\n${lines.join('\n')}\n${tryIt}\n`;
}

/** A curl command for the first listener that can be asked something; undefined when there is none. */
export function exampleRequest(plan: Plan): string | undefined {
  const listener =
    plan.listeners.find((candidate) => candidate.type === 'agent') ??
    plan.listeners.find((candidate) => candidate.type === 'model') ??
    plan.listeners[0];
  if (listener === undefined) return undefined;
  const model = exampleModel(plan);
  const question = listener.type === 'agent' ? agentQuestion(listener) : 'Say hello in five words.';
  const body = JSON.stringify({
    ...(model === undefined ? {} : { model: model.name }),
    messages: [{ role: 'user', content: question }],
  });
  const credential = model?.needsKey === true ? ` \\\n    -H 'Authorization: Bearer YOUR_KEY'` : '';
  return (
    `  curl ${listenerUrl(listener)}/v1/chat/completions \\\n` +
    `    -H 'Content-Type: application/json'${credential} \\\n` +
    `    -d ${shellWord(body)}`
  );
}

function agentQuestion(listener: ListenerPlan): string {
  return listener.agents[0]?.examples[0] ?? 'What can you do for me?';
}

/** The default model, else the first one with a credential, else the first. */
function exampleModel(plan: Plan): { name: string; needsKey: boolean } | undefined {
  const ranked = [
    ...plan.models.filter((model) => model.default),
    ...plan.models.filter((model) => !model.passthroughAuth),
    ...plan.models,
  ];
  for (const model of ranked) {
    const name = requestName(model);
    if (name !== undefined) return { name, needsKey: model.passthroughAuth };
  }
  return undefined;
}

function requestName(model: ModelPlan): string | undefined {
  if (!model.wildcard) return model.name;
  const provider = findProvider(model.provider);
  const known = provider === undefined ? undefined : catalogModels(provider)[0];
  return known === undefined ? undefined : `${model.prefix}/${known}`;
}

function isOpenToOthers(listener: ListenerPlan): boolean {
  return !/^(127\.|localhost$|::1$|\[::1\]$)/.test(listener.address);
}

function listenerUrl(listener: ListenerPlan): string {
  const host = reachableAddress(listener.address);
  const shown = host === '127.0.0.1' || host === '::1' ? 'localhost' : host;
  return `http://${shown.includes(':') ? `[${shown}]` : shown}:${listener.port}`;
}
