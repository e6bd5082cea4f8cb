import { afterAll, describe, expect, it } from '@jest/globals';
import { createOnnxEncoder } from './encoder-onnx';

describe('createOnnxEncoder', () => {
  const encoder = createOnnxEncoder();
  afterAll(() => encoder.close());

  it('passes its self-test and returns vectors of length 1', async () => {
    await encoder.ready();
    const [vector = new Float32Array()] = await encoder.embed(['What is the weather in Oslo?']);
    expect(vector).toHaveLength(384);
    expect(Math.hypot(...vector)).toBeCloseTo(1, 4);
  });
});
