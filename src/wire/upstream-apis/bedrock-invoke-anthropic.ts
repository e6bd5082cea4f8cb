import type { TranslateContext } from '../api';
import { asList } from '../json/read';
import { memberText, removeMembers, setJsonMember, setStringMember } from '../json/splice';
import { bedrockBetaFlags, promoteSystemMessages } from '../messages-wrapping';
import { bedrockCountTokens, countedInvocation, foundationModel } from '../operations/token-count/bedrock-count-tokens';
import { pathSegment } from '../path-segment';
import type { UpstreamApi } from '../upstream-api';

const API_VERSION = 'bedrock-2023-05-31';

/** Claude through Bedrock's InvokeModel: https://docs.aws.amazon.com/bedrock/latest/userguide/model-parameters-anthropic-claude-messages.html */
export const upstreamApis: readonly UpstreamApi[] = [
  {
    id: 'bedrock.invoke.anthropic',
    dialect: 'anthropic.messages',
    model: 'removed',
    path: ({ upstreamModel, stream }) =>
      `/model/${pathSegment(upstreamModel)}/${stream ? 'invoke-with-response-stream' : 'invoke'}`,
    adaptRequest: adaptToInvokeModel,
    framing: 'aws-event-stream',
  },
  countingRow('bedrock.count_tokens'),
  countingRow('bedrock.invoke.anthropic'),
  countingRow('bedrock.converse'),
];

/** Token counts: the invocation that would be made, wrapped. One call serves Claude whichever API it is called by. */
function countingRow(id: UpstreamApi['id']): UpstreamApi {
  return {
    id,
    clients: ['anthropic.count_tokens'],
    direct: { 'anthropic.count_tokens': bedrockCountTokens },
    model: 'removed',
    path: ({ upstreamModel }) => `/model/${pathSegment(foundationModel(upstreamModel))}/count-tokens`,
    adaptRequest: (body, context) => countedInvocation(adaptToInvokeModel(body, { ...context, isNative: true })),
  };
}

function adaptToInvokeModel(body: Buffer, context: TranslateContext & { readonly isNative: boolean }): Buffer {
  const promoted = context.isNative ? promoteSystemMessages(body) : body;
  // The path says whether to stream.
  const wrapped = setStringMember(removeMembers(promoted, ['stream']), 'anthropic_version', API_VERSION);
  return withBetaFlags(wrapped, context);
}

/** The beta header has no place in AWS's request; its flags travel in the body. */
function withBetaFlags(body: Buffer, { requestHeaders }: TranslateContext): Buffer {
  const header = requestHeaders?.['anthropic-beta'];
  const present = memberText(body, 'anthropic_beta');
  if (header === undefined && present === undefined) return body;
  const own = asList(present === undefined ? [] : JSON.parse(present)).filter((flag) => typeof flag === 'string');
  const flags = bedrockBetaFlags([...own, ...(header ?? '').split(',')]);
  return flags.length === 0 ? body : setJsonMember(body, 'anthropic_beta', JSON.stringify(flags));
}
