import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { ListenerAgentPlan } from '../config/plan';
import { createOnnxEncoder } from '../ports/adapters/encoder-onnx';
import { createAgentChooser, type AgentChooser } from './agents';

const agent = (id: string, description: string): ListenerAgentPlan => ({
  id,
  description,
  default: false,
  examples: [],
  inputFilters: [],
});
const encoder = createOnnxEncoder();
afterAll(() => encoder.close());
describe('travel', () => {
  let chooser: AgentChooser;
  beforeAll(async () => {
    chooser = await createAgentChooser({
      encoder,
      agents: [
        agent('weather_agent', 'Gets real-time weather and forecasts for any city.\n'),
        agent('flight_agent', 'Searches flights between airports with schedules.\n'),
      ],
    });
  });
  it.each([
    ['Find flights from NYC to Paris and check the weather there', ['flight_agent', 'weather_agent']],
    ['What is the weather in Oslo tomorrow?', ['weather_agent']],
    ['Any flights from Berlin to Rome on Friday?', ['flight_agent']],
    ['flights to Paris and back', ['flight_agent']],
    ['weather in Paris and London', ['weather_agent']],
    ['hello there', ['weather_agent']],
  ])('%s', async (text, agents) => {
    const d = await chooser.choose([{ role: 'user', text }]);
    expect(d.agents).toEqual(agents);
  });
});
