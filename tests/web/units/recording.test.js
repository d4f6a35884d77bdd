/** A recording: its file and its name. */

import assert from 'node:assert/strict';
import { test } from 'node:test';

import { recordingName } from '../../../code/timbrush/web/static/js/page/recording.js';
import { wave } from '../../../code/timbrush/web/static/js/sound/wave.js';

test('samples become a WAV file of floats', async () => {
  const pieces = [new Float32Array([0.25, -0.5]), new Float32Array([1, -1])];
  const bytes = await wave(pieces, 2, 48_000).arrayBuffer();
  const view = new DataView(bytes);
  const letters = (first, last) => String.fromCharCode(...new Uint8Array(bytes, first, last));
  assert.equal(letters(0, 4) + letters(8, 8) + letters(36, 4), 'RIFFWAVEfmt data');
  assert.equal(view.getUint32(4, true), bytes.byteLength - 8);
  assert.deepEqual(
    [20, 22, 32, 34].map((at) => view.getUint16(at, true)),
    [3, 2, 8, 32],
  );
  assert.deepEqual([view.getUint32(24, true), view.getUint32(28, true)], [48_000, 384_000]);
  assert.equal(view.getUint32(40, true), 16);
  assert.deepEqual([...new Float32Array(bytes, 44)], [0.25, -0.5, 1, -1]);
});

test('a recording is called after the moment it ended', () => {
  const name = recordingName(new Date(2026, 0, 9, 7, 5, 59));
  assert.equal(name, 'recording 2026-01-09 07.05.59.wav');
});
