import type { NeutralError } from './error-shape';
import { asFilled, isObject } from './json/read';
import { wordTable } from './words';

/** Statuses of AWS error types, for errors inside a stream, where there is no status line. */
const STATUS_BY_TYPE = wordTable<number>({
  validationexception: 400,
  accessdeniedexception: 403,
  unrecognizedclientexception: 403,
  expiredtokenexception: 403,
  resourcenotfoundexception: 404,
  modelnotreadyexception: 429,
  throttlingexception: 429,
  servicequotaexceededexception: 429,
  modeltimeoutexception: 408,
  modelerrorexception: 424,
  internalserverexception: 500,
  internalfailure: 500,
  modelstreamerrorexception: 424,
  serviceunavailableexception: 503,
});

const OTHER_STATUS = 500;

/** `com.amazon.coral#ThrottlingException:http://…` is ThrottlingException. */
export function awsErrorType(word: string | undefined): string | undefined {
  return asFilled(word?.replace(/^.*#/, '').replace(/:.*$/s, '').trim());
}

/** Status that usually goes with an AWS error type; undefined for words that are none. */
export function awsErrorStatus(type: string | undefined): number | undefined {
  return STATUS_BY_TYPE[type?.toLowerCase() ?? ''];
}

/** An exception inside a stream. `payload` is its JSON (`{message}`), or plain text. */
export function awsError(word: string | undefined, payload: string): NeutralError {
  const type = awsErrorType(word);
  return {
    status: awsErrorStatus(type) ?? OTHER_STATUS,
    message: messageIn(payload) ?? asFilled(payload) ?? type ?? 'The upstream ended its answer with an error.',
    ...(type === undefined ? {} : { type }),
  };
}

function messageIn(payload: string): string | undefined {
  try {
    const body: unknown = JSON.parse(payload);
    return isObject(body) ? (asFilled(body['message']) ?? asFilled(body['Message'])) : undefined;
  } catch {
    return undefined;
  }
}
