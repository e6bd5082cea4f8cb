import { amount, count, duration, flag, text, type JsonSchema } from './build';

/** Plano accepts unknown keys here; a warning names them. */
export const overrides: JsonSchema = {
  type: 'object',
  description: 'Settings of the gateway itself',
  properties: {
    prompt_target_intent_matching_threshold: amount('Accepted for compatibility'),
    optimize_context_window: flag('Shorten what the function-calling model gets'),
    use_agent_orchestrator: flag('Hand all prompts to the single endpoint'),
    disable_signals: flag('Do not analyse conversations'),
    upstream_connect_timeout: duration('Longest time to connect to upstreams; 5s when absent'),
    upstream_tls_ca_path: text('PEM bundle for verifying upstreams'),
    llm_routing_model: text('Model that answers routing questions'),
    agent_orchestration_model: text('Model that chooses agents'),
    orchestrator_model_context_length: count('Token budget of routing questions', { minimum: 1 }),
    debug_headers: flag(
      'Callers that send x-outerloop-debug: 1 are told why (x-outerloop-decision); false when absent (extension of Plano’s file)',
    ),
    max_request_bytes: count('Largest request body in bytes; 50 MiB when absent (extension of Plano’s file)', {
      minimum: 1,
      maximum: 4_294_967_295,
    }),
  },
};

export const OVERRIDE_KEYS: readonly string[] = Object.keys(overrides['properties'] as object);
