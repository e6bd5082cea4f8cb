import { describe, expect, it } from '@jest/globals';
import type { ListenerType } from '../config/plan';
import { checkOrder, type Stage } from './stage';
import { STAGES } from './stages';

describe('checkOrder', () => {
  it.each<ListenerType>(['model', 'agent', 'prompt'])('accepts the stages of a %s listener', (type) => {
    expect(() => checkOrder(STAGES.filter((stage) => stage.listeners.includes(type)))).not.toThrow();
  });

  it('names the stage and the fact that comes too late', () => {
    const modelStages = STAGES.filter((stage) => stage.listeners.includes('model'));
    expect(() => checkOrder([...modelStages].reverse())).toThrow(/stage "render-model" needs "request"/);
  });

  it('names what no stage leaves behind', () => {
    const stage: Stage = {
      name: 'only',
      needs: [],
      provides: ['forward'],
      listeners: ['model'],
      create: () => () => undefined,
    };
    expect(() => checkOrder([stage])).toThrow(/no stage provides "attempts"/);
  });
});
