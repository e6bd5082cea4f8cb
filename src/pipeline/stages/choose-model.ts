import { candidateKey, pickOrder, type ModelCandidate } from '../../decide/models';
import type { Stage } from '../stage';

/** Alias, name, wildcard or default: which candidates may answer, in the order of attempts. */
export const chooseModel: Stage = {
  name: 'choose-model',
  needs: ['request'],
  provides: ['modelDecision', 'candidates'],
  listeners: ['model', 'prompt'],
  create: ({ models, random, metrics, now, health }) =>
    function choose(exchange) {
      const started = now();
      const decision = models.resolve(exchange.get('request').model);
      exchange.provide('modelDecision', decision);
      const epochMs = Date.now();
      const isResting = (candidate: ModelCandidate): boolean => health.isResting(candidateKey(candidate), epochMs);
      exchange.provide('candidates', pickOrder(decision, random, isResting));
      metrics.decided({ kind: 'model', decider: decision.decidedBy }, (now() - started) / 1000);
      return undefined;
    },
};
