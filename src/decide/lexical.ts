/**
 * Word overlap between a request and the descriptions: a small bonus beside the vectors, for the rare exact words that
 * vectors blur (product names, "401k", "W-2"). Pure.
 */

/** Words that appear in any request or description and tell no agent from another. */
const STOP_WORDS = new Set(
  (
    'a about agent also an and answer answers any are as assist assists at be been by can could did do does for from get ' +
    'give got had has have he help helps her his how i if in into is it its just know let me my need no not of on or our ' +
    'out please question questions she so some such tell than that the their them then there they this to too up us very ' +
    'want was we were what when where which who will with would you your'
  ).split(' '),
);

const SUFFIXES = ['ations', 'ation', 'ings', 'ing', 'ies', 'ied', 'ers', 'er', 'ed', 'es', 's', 'ly'];
const MIN_STEM_CHARACTERS = 3;
/** A one-word request must not get the whole weight of its only word. */
const MIN_REQUEST_WORDS = 2;

export interface LexicalIndex {
  /** One number per document, 0 (nothing in common) to about 2: rare shared words count more than common ones. */
  overlap(text: string): number[];
}

/** Indexes the documents (name and description of each agent) in their order. */
export function createLexicalIndex(documents: readonly string[]): LexicalIndex {
  const documentStems = documents.map(stemsOf);
  const documentFrequency = new Map<string, number>();
  for (const stem of documentStems.flatMap((stems) => [...stems])) {
    documentFrequency.set(stem, (documentFrequency.get(stem) ?? 0) + 1);
  }
  const weightOf = (stem: string): number => Math.log(1 + documents.length / (documentFrequency.get(stem) ?? 1));
  return {
    overlap(text) {
      const request = [...stemsOf(text)];
      const length = Math.max(request.length, MIN_REQUEST_WORDS);
      return documentStems.map((stems) => {
        const shared = request.filter((stem) => stems.has(stem));
        return shared.reduce((sum, stem) => sum + weightOf(stem), 0) / length;
      });
    },
  };
}

function stemsOf(text: string): Set<string> {
  const words = text.toLowerCase().match(/[\p{L}\p{N}]+/gu) ?? [];
  return new Set(words.filter((word) => !STOP_WORDS.has(word)).map(stemOf));
}

/** Cuts the first fitting English ending; crude, but equal words meet. */
function stemOf(word: string): string {
  const suffix = SUFFIXES.find((end) => word.endsWith(end) && word.length - end.length >= MIN_STEM_CHARACTERS);
  return suffix === undefined ? word : word.slice(0, -suffix.length);
}
