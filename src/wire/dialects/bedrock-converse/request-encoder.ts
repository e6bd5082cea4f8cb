import type { TranslateContext } from '../../api';
import { defined } from '../../defined';
import { invalid } from '../../facts';
import type { JsonObject } from '../../json/read';
import type { ChatRequest, ResponseFormat } from '../../message';
import type { Warnings } from '../../warnings';
import { betaFields, familySampling, joinFields, topKField } from './additional-fields';
import { CachePoints } from './cache-points';
import { ContentEncoder } from './content-encoder';
import { readHostFields } from './host-fields';
import { modelFamily, type ModelFamily } from './model-family';
import { planReasoning, type ReasoningPlan } from './reasoning';
import { encodeTools } from './tool-config';
import { encodeSystem, encodeTurns } from './turns';

const JSON_INSTRUCTION = 'Answer with one JSON object and nothing else.';

/** Words of serviceTier; OpenAI's others mean what is done without a word. */
const SERVICE_TIERS: readonly string[] = ['default', 'priority', 'flex', 'reserved'];
const USUAL_SERVICE_TIERS: readonly string[] = ['auto', 'standard_only'];

/**
 * A neutral request as a Converse body; the model's id is in the path. Throws GatewayError `invalid_request` when nothing
 * is left to send, and for what Bedrock cannot read (web addresses, file ids).
 */
export function encodeRequest(request: ChatRequest, context: TranslateContext, warnings: Warnings): JsonObject {
  const family = modelFamily(context);
  const cachePoints = new CachePoints(family.caches, warnings);
  const plan = planReasoning(request, context, family, warnings);
  const system = encodeSystem(request.messages, cachePoints, warnings);
  if (request.responseFormat?.type === 'json-object') {
    system.push({ text: JSON_INSTRUCTION });
    warnings.add('response_format json_object became an instruction.');
  }
  const claude = family.isClaude ? context.upstreamModel : undefined;
  const { toolConfig, claudeFields } = encodeTools(request, { claude, thinks: plan.thinks, cachePoints, warnings });
  const encoder = new ContentEncoder(cachePoints, family.isClaude, warnings);
  const turns = encodeTurns(request.messages, encoder, warnings);
  if (turns.length === 0 && request.messages.some(({ role }) => role !== 'system')) {
    throw invalid('messages', 'must hold at least one message that is not empty');
  }
  const host = readHostFields(request, context, warnings);
  const own = { ...plan.fields, ...claudeFields };
  const additional = additionalFields(request, context, { family, plan, warnings }, own);
  if (request.messages.some((message) => message.name !== undefined)) warnings.dropped('messages[].name');
  return {
    messages: turns,
    ...defined({
      system: system.length > 0 ? system : undefined,
      inferenceConfig: inferenceConfig(request, family, plan, warnings),
      toolConfig,
      additionalModelRequestFields: filled(joinFields(additional, host.additionalModelRequestFields)),
      outputConfig: outputConfig(request.responseFormat),
      serviceTier: serviceTier(request.serviceTier, warnings),
    }),
    ...host.members,
  };
}

interface Judged {
  readonly family: ModelFamily;
  readonly plan: ReasoningPlan;
  readonly warnings: Warnings;
}

function additionalFields(
  request: ChatRequest,
  context: TranslateContext,
  { family, plan, warnings }: Judged,
  own: JsonObject,
): JsonObject {
  const topK = plan.thinks ? undefined : request.topK;
  if (plan.thinks && request.topK !== undefined) warnings.add('top_k was left out because the model reasons.');
  return {
    ...own,
    ...topKField(topK, family, warnings),
    ...familySampling(request, family, warnings),
    ...(family.isClaude ? betaFields(request, context, warnings) : {}),
  };
}

function inferenceConfig(
  request: ChatRequest,
  family: ModelFamily,
  { thinks }: ReasoningPlan,
  warnings: Warnings,
): JsonObject | undefined {
  return filled(
    defined({
      maxTokens: request.maxOutputTokens,
      temperature: thinks ? forThinking('temperature', request.temperature, warnings) : temperature(request, warnings),
      topP: thinks ? forThinking('top_p', request.topP, warnings) : request.topP,
      stopSequences: stopSequences(request, family),
    }),
  );
}

/** While Claude thinks, 1 is the only value that is accepted, and it is the usual one. */
function forThinking(name: string, value: number | undefined, warnings: Warnings): undefined {
  if (value !== undefined && value !== 1) warnings.add(`${name} was left out because the model reasons.`);
}

function temperature(request: ChatRequest, warnings: Warnings): number | undefined {
  const value = request.temperature;
  if (value === undefined || value <= 1) return value;
  warnings.add('temperature was lowered to 1, the most that the model accepts.');
  return 1;
}

/** Claude refuses sequences of whitespace. */
function stopSequences(request: ChatRequest, family: ModelFamily): readonly string[] | undefined {
  const usable = request.stopSequences.filter((stop) => (family.isClaude ? stop.trim() : stop) !== '');
  return usable.length > 0 ? usable : undefined;
}

/** The schema travels as text in a string. */
function outputConfig(format: ResponseFormat | undefined): JsonObject | undefined {
  if (format?.type !== 'json-schema') return undefined;
  const name = format.name?.replace(/[^a-zA-Z0-9_-]/g, '_').slice(0, 64);
  const jsonSchema = { schema: format.schema.text, ...defined({ name }) };
  return { textFormat: { type: 'json_schema', structure: { jsonSchema } } };
}

function serviceTier(tier: string | undefined, warnings: Warnings): JsonObject | undefined {
  if (tier === undefined || USUAL_SERVICE_TIERS.includes(tier)) return undefined;
  if (SERVICE_TIERS.includes(tier)) return { type: tier };
  warnings.dropped(`service_tier ${tier}`);
  return undefined;
}

function filled(object: JsonObject): JsonObject | undefined {
  return Object.keys(object).length > 0 ? object : undefined;
}
