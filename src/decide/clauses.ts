/**
 * Cuts a request into the parts that may be requests of their own, and reads from their wording how likely that is.
 * English only, as the encoder is. Pure text work; `clause-planner.ts` decides which cuts stand.
 */

/** What stands between a part and the one before it. */
export type Boundary =
  /** "and then", "after that", "also": the writer says that something else follows. */
  | 'sequence'
  /** The end of a sentence: often only the story goes on. */
  | 'sentence'
  /** A plain "and" or comma: most often one request, listing things. */
  | 'list';

export interface Clause {
  readonly text: string;
  readonly boundary: Boundary;
  /** Reads like a request of its own: a question, an imperative, "I want …". */
  readonly request: boolean;
  /** "it", "them": speaks of what was named before. */
  readonly refersBack: boolean;
  /** One word only. */
  readonly single: boolean;
  /** "but …", "because …": goes on with the part before. */
  readonly continues: boolean;
  /** "If …", "while …": the main clause is still to come. */
  readonly introduces: boolean;
}

// Every pattern sees text whose runs of white space are single spaces: that keeps them from taking quadratic time.
const SENTENCE_END = /[.?!;]+ |\n/;
const SEQUENCE =
  / ?,? ?\b(?:and then|then also|and also|and after that|after that|afterwards|and finally|finally|and next)\b ?,? ?|,? (?:then|also) |^(?:then|also|next)\b ?,? ?/i;
const LIST = / ?, (?:(?:and|or) )?| (?:and|plus|as well as|&) /i;

const AUXILIARY =
  '(?:is|are|am|was|were|will|would|can|could|shall|should|may|might|must|do|does|did|has|have|had)(?:n.?t)?';
/** After an auxiliary: "has no stops" goes on with what was said, "has the peso fallen" asks. */
const PREDICATE = '(?:no|not|been|being|\\w+ing|\\w+ed)\\b';
const WISH =
  "(?:i|we) ?(?:(?:(?:also|really|just) )?(?:want|need|wanna|would (?:also )?(?:like|love|prefer)|have to|am (?:looking|trying))|['’]?d (?:also )?(?:like|love)|['’]m (?:looking|trying))";
const IMPERATIVE =
  '(?:add|arrange|ask|book|bring|buy|calculate|call|cancel|change|check|choose|compare|compute|confirm|convert|create|deliver|describe|display|email|explain|fetch|figure|find|get|give|go|help|hold|include|inform|keep|let|list|locate|look|make|mark|need|open|order|pay|pick|place|plan|play|pull|put|rate|read|recommend|remind|remove|rent|report|reserve|reset|schedule|search|see|select|send|set|share|show|start|stop|suggest|switch|take|tell|text|track|translate|transfer|turn|update|use|verify|want|watch|write|wake)';
const REQUEST = new RegExp(
  `^(?:(?:please|kindly|just|now|ok|okay|hey|hi) )*(?:(?:what|which|where|who|whose|why|how)(?:['’]?s)?\\b|when(?:['’]s| ${AUXILIARY})\\b|${AUXILIARY} (?!${PREDICATE})|${WISH}\\b|${IMPERATIVE}\\b)`,
  'i',
);
const REFERS_BACK = /\b(?:it|its|them|they|him|her)\b/i;
const CONTINUES = /^(?:so|but|because|or|since|although|though|unless|instead)\b/i;
const INTRODUCES = /^(?:if|while|when|whenever|given|now that|since|because|although|though|as soon as|unless|once)\b/i;

/** Words that ask nothing by themselves. Dropped beside a request, kept when they are all there is. */
const PLEASANTRY =
  /^(?:(?:ok|okay|alright|great|sure|yes|no|well|hi|hey|hello|please|thanks|thank you|good (?:morning|afternoon|evening))[ ,!]*)+$/i;

/** Never empty: a text without a cut, or without words, is one clause. Texts carry no punctuation at their ends. */
export function splitClauses(text: string): Clause[] {
  const clauses: Clause[] = [];
  for (const sentence of singleSpaced(text).split(SENTENCE_END)) {
    const opensSequence = startsWith(SEQUENCE, sentence);
    for (const [position, step] of nonEmpty(sentence.split(SEQUENCE)).entries()) {
      const boundary = position > 0 || opensSequence ? 'sequence' : 'sentence';
      for (const [index, part] of nonEmpty(step.split(LIST)).entries()) {
        clauses.push(readClause(part, index > 0 ? 'list' : boundary));
      }
    }
  }
  const asking = clauses.filter((clause) => !PLEASANTRY.test(clause.text));
  return asking.length > 0 ? asking : [readClause(text.trim(), 'sentence')];
}

function readClause(text: string, boundary: Boundary): Clause {
  const single = !/\s/.test(text);
  const request = !single && REQUEST.test(text);
  return {
    text,
    boundary,
    request,
    single,
    refersBack: REFERS_BACK.test(text),
    continues: CONTINUES.test(text),
    introduces: !request && INTRODUCES.test(text),
  };
}

function startsWith(pattern: RegExp, text: string): boolean {
  const match = pattern.exec(text);
  return match !== null && match.index === 0 && match[0].trim() !== '';
}

/** Every run of white space becomes one line break or one space. */
function singleSpaced(text: string): string {
  return text.replace(/\s+/g, (run) => (run.includes('\n') ? '\n' : ' '));
}

function nonEmpty(parts: readonly string[]): string[] {
  return parts.map(withoutOuterPunctuation).filter((part) => part !== '');
}

/** By hand: a pattern anchored at the end alone would be tried from every position. */
function withoutOuterPunctuation(text: string): string {
  const isOuter = (index: number): boolean => ' ,.?!;'.includes(text.charAt(index));
  let start = 0;
  let end = text.length;
  while (start < end && isOuter(start)) start++;
  while (end > start && isOuter(end - 1)) end--;
  return text.slice(start, end);
}
