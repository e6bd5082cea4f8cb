import { pickOrder } from '../../decide/models';
import type { Stage } from '../stage';

/** Alias, name, wildcard or default: which candidates may answer, in the order of attempts. */
export const chooseModel: Stage = {
  name: 'choose-model',
  needs: ['request'],
  provides: ['modelDecision', 'candidates'],
  listeners: ['model', 'prompt'],
  create: ({ models, random, metrics, now }) =>
    function choose(exchange) {
      const started = now();
      const decision = models.resolve(exchange.get('request').model);
      exchange.provide('modelDecision', decision);
      exchange.provide('candidates', pickOrder(decision, random));
      metrics.decided({ kind: 'model', decider: decision.decidedBy }, (now() - started) / 1000);
      return undefined;
    },
};
