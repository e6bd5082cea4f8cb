/** What the encoder's main-thread half and its worker thread say to each other. Types only: both sides import it for free. */

/** Start value of the worker thread. */
export interface EncoderWorkerData {
  readonly role: 'outerloop-encoder';
  readonly modelDirectory: string;
  readonly card: ModelCard;
}

export type EncoderRequest = { readonly kind: 'encode'; readonly id: number; readonly text: string } | EncoderClose;

/** Asks the thread to free its session and end by itself. */
interface EncoderClose {
  readonly kind: 'close';
}

export type EncoderReply =
  | { readonly kind: 'ready' }
  /** The model cannot be used; trying again would end the same way. */
  | { readonly kind: 'unusable'; readonly reason: string }
  | { readonly kind: 'vector'; readonly id: number; readonly vector: Float32Array<ArrayBuffer> }
  | { readonly kind: 'failed'; readonly id: number; readonly reason: string };

/** models/encoder/model.json: what the file is, how to check it, and the thresholds that belong to these weights. */
export interface ModelCard {
  readonly name: string;
  /** File name of the ONNX graph beside the card. */
  readonly file: string;
  /** Hex SHA-256 by file name. */
  readonly sha256: Readonly<Record<string, string>>;
  readonly dimensions: number;
  /** Longest input in tokens, special tokens included. */
  readonly maxTokens: number;
  /** Token id that ends every input. */
  readonly separatorId: number;
  readonly thresholds: { readonly acceptScore: number; readonly acceptMargin: number };
  readonly selfTest: readonly SelfTestCase[];
}

export interface SelfTestCase {
  readonly text: string;
  /** Token ids by the reference tokenizer. */
  readonly ids: readonly number[];
  /** Vector by the unquantised model: float32 little endian, base64. */
  readonly vector: string;
}
