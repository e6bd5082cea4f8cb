/** Streams with one text, to write and to read. */

/** Text of a streamed chat answer as a client adds it up. */
export function streamedText(text: string): string {
  return [...text.matchAll(/^data: (\{.*\})$/gm)]
    .map(([, json = '']) => JSON.parse(json) as { choices?: { delta?: { content?: string } }[] })
    .map((chunk) => chunk.choices?.[0]?.delta?.content ?? '')
    .join('');
}

/** A Messages stream with one text in one event. */
export function messageStream(text: string): string {
  const start = {
    type: 'message',
    id: 'm',
    role: 'assistant',
    model: 'claude',
    content: [],
    usage: { input_tokens: 1 },
  };
  const events = [
    { type: 'message_start', message: start },
    { type: 'content_block_start', index: 0, content_block: { type: 'text', text: '' } },
    { type: 'content_block_delta', index: 0, delta: { type: 'text_delta', text } },
    { type: 'content_block_stop', index: 0 },
    { type: 'message_delta', delta: { stop_reason: 'end_turn' }, usage: { output_tokens: 1 } },
    { type: 'message_stop' },
  ];
  return events.map((event) => `event: ${event.type}\ndata: ${JSON.stringify(event)}\n\n`).join('');
}
