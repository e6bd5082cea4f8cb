/** Counts the tokens of a prompt without asking its vendor: exact for OpenAI's recent models, near for others. */
export interface TokenCounter {
  /**
   * @param body a request in any chat API
   * @returns tokens, or undefined when the body cannot be read or too many are waiting; never rejects
   */
  countPrompt(body: Buffer): Promise<number | undefined>;
  close(): Promise<void>;
}
