import { CHAT, type Provider } from './provider';

export const provider = {
  id: 'moonshotai',
  displayName: 'moonshotai',
  baseUrl: 'https://api.moonshot.ai/v1',
  dialects: [CHAT],
  auth: 'bearer',
  asInterface: true,
  catalog: 'moonshotai',
  quirks: [
    {
      dialect: 'openai.chat',
      models: ['kimi-k3'],
      body: {
        dropped: ['temperature', 'top_p', 'n', 'presence_penalty', 'frequency_penalty'],
        words: {
          reasoning_effort: {
            known: { none: 'low', minimal: 'low', low: 'low', medium: 'high', high: 'high', max: 'max' },
            others: 'dropped',
          },
        },
      },
    },
    {
      dialect: 'openai.chat',
      models: ['kimi-for-coding'],
      body: { dropped: ['stream_options', 'reasoning_effort', 'web_search_options'] },
    },
  ],
  http2: 'alpn',
} as const satisfies Provider;
