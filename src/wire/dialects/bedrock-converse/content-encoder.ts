import { GatewayError } from '../../errors';
import type { JsonObject } from '../../json/read';
import type {
  AudioPart,
  DocumentPart,
  ImagePart,
  MediaSource,
  Part,
  ToolCallPart,
  ToolResultPart,
} from '../../message';
import { fitCallId } from '../../tool-names';
import type { Warnings } from '../../warnings';
import { argumentsObject } from '../anthropic-messages/turns';
import type { CachePoints } from './cache-points';
import { DocumentNames } from './document-names';
import { audioFormat, documentFormat, imageFormat, imageFormatOfName } from './media-formats';

const CALL_ID = /^[a-zA-Z0-9_-]+$/;
const LONGEST_CALL_ID = 64;

/** Neutral parts of one request to content blocks. Throws GatewayError `invalid_request` for what the API cannot say. */
export class ContentEncoder {
  private readonly names = new DocumentNames();

  constructor(
    private readonly cachePoints: CachePoints,
    /** Whether the model takes reasoning back. */
    private readonly replaysReasoning: boolean,
    private readonly warnings: Warnings,
  ) {}

  /** Blocks of a part, its cache point behind it; none for blank text, which the API refuses. */
  encode(part: Part): readonly JsonObject[] {
    const block = this.block(part);
    if (block === undefined) return [];
    return 'cache' in part || part.type === 'tool-result' ? [block, ...this.cachePoints.after(cacheOf(part))] : [block];
  }

  private block(part: Part): JsonObject | undefined {
    switch (part.type) {
      case 'text':
      case 'refusal':
        return part.text.trim() === '' ? undefined : { text: part.text };
      case 'image':
        return encodeImage(part);
      case 'document':
        return this.document(part);
      case 'audio':
        return encodeAudio(part);
      case 'reasoning':
      case 'redacted-reasoning':
        return this.reasoning(part);
      case 'tool-call':
        return this.toolUse(part);
      case 'tool-result':
        return this.toolResult(part);
    }
  }

  private reasoning(part: Extract<Part, { type: 'reasoning' | 'redacted-reasoning' }>): JsonObject | undefined {
    if (!this.replaysReasoning) {
      this.warnings.add('Earlier reasoning was left out: the model does not take it back.');
      return undefined;
    }
    if (part.type === 'redacted-reasoning') return { reasoningContent: { redactedContent: part.data } };
    const { text, signature } = part;
    // Unsigned reasoning is another vendor's; the models accept their own only.
    if (signature !== undefined) {
      return { reasoningContent: { reasoningText: { text, signature } } };
    }
    this.warnings.add('Earlier reasoning without a signature was left out.');
    return undefined;
  }

  private toolUse(part: ToolCallPart): JsonObject {
    const input = argumentsObject(part.argumentsText);
    if (input === undefined) this.warnings.add('Tool arguments that were no JSON object became an empty object.');
    const toolUseId = fitCallId(part.id, CALL_ID, LONGEST_CALL_ID);
    return { toolUse: { toolUseId, name: part.name, input: input ?? {} } };
  }

  /** A result may be empty, but its content must be a list. Caching inside of it is not possible. */
  private toolResult(part: ToolResultPart): JsonObject {
    const content = part.parts.flatMap((inner) => this.block(inner) ?? []);
    const toolUseId = fitCallId(part.callId, CALL_ID, LONGEST_CALL_ID);
    return { toolResult: { toolUseId, content, ...(part.isError ? { status: 'error' } : {}) } };
  }

  private document({ source, name }: DocumentPart): JsonObject {
    if (source.kind === 'file') throw refused('Files of another vendor cannot be read here; send the document itself.');
    if (source.kind === 'text') {
      const bytes = Buffer.from(source.text, 'utf8').toString('base64');
      return { document: { format: 'txt', name: this.names.fit(name), source: { bytes } } };
    }
    const format = documentFormat(typeOf(source), name ?? addressOf(source));
    const place = mediaSource(source, 'Documents');
    if (format === undefined) {
      throw refused('Documents must be PDF, CSV, Word, Excel, HTML, Markdown or plain text for this model.');
    }
    return { document: { format, name: this.names.fit(name), source: place } };
  }
}

function cacheOf(part: Part): JsonObject | undefined {
  if (part.type === 'tool-result') return part.cache ?? part.parts.map(cacheOf).find((cache) => cache !== undefined);
  return 'cache' in part ? part.cache : undefined;
}

function encodeImage({ source }: ImagePart): JsonObject {
  const place = mediaSource(source, 'Images');
  const format = imageFormat(typeOf(source) ?? '') ?? imageFormatOfName(addressOf(source) ?? '');
  if (format === undefined) throw refused('Images must be PNG, JPEG, GIF or WebP for this model.');
  return { image: { format, source: place } };
}

function encodeAudio({ source }: AudioPart): JsonObject {
  const place = mediaSource(source, 'Recordings');
  return { audio: { format: audioFormat(typeOf(source) ?? addressOf(source) ?? ''), source: place } };
}

/** Bytes, or an object in S3: nothing else can be read. */
function mediaSource(source: MediaSource, what: string): JsonObject {
  if (source.kind === 'base64') return { bytes: source.data };
  const uri = addressOf(source);
  if (uri?.toLowerCase().startsWith('s3://') === true) return { s3Location: { uri } };
  throw refused(`${what} must be sent as base64 data: this model fetches nothing from the web and knows no file ids.`);
}

function typeOf(source: MediaSource): string | undefined {
  return 'mediaType' in source ? source.mediaType : undefined;
}

function addressOf(source: MediaSource): string | undefined {
  if (source.kind === 'url') return source.url;
  return source.kind === 'bucket' ? source.uri : undefined;
}

function refused(message: string): GatewayError {
  return new GatewayError('invalid_request', message, { param: 'messages' });
}
