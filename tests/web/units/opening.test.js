/** A sound that arrives: packets out of parts, and what strokes were put before it came. */

import assert from 'node:assert/strict';
import { test } from 'node:test';

import { Filling } from '../../../code/timbrush/web/static/js/edit/filling.js';
import { PacketReader, decode } from '../../../code/timbrush/web/static/js/edit/packet.js';
import { bytes } from '../../../code/timbrush/web/static/js/edit/size.js';

/** As the server packs it: length of the head, head, arrays, each padded to eight bytes. */
function packetOf(head, arrays) {
  const listed = Object.entries(arrays).map(([name, array]) => ({
    name,
    dtype: array instanceof Uint8Array ? 'uint8' : 'float32',
    shape: [array.length],
  }));
  let text = JSON.stringify({ ...head, arrays: listed });
  while ((4 + text.length) % 8) text += ' ';
  const parts = [Buffer.alloc(4), Buffer.from(text)];
  parts[0].writeUInt32LE(text.length);
  for (const array of Object.values(arrays)) {
    const { buffer, byteOffset, byteLength } = array;
    parts.push(Buffer.from(buffer, byteOffset, byteLength), Buffer.alloc(-byteLength & 7));
  }
  return Buffer.concat(parts);
}

test('packets are whole again, in whatever parts they arrive', () => {
  const packets = [
    packetOf({ n: 1 }, { samples: Float32Array.of(1, 2, 3), columns: Uint8Array.of(4) }),
    packetOf({ session: 'x' }, {}),
    packetOf({ n: 2 }, { samples: new Float32Array(0), columns: Uint8Array.of(5, 6) }),
  ];
  const stream = Buffer.concat(packets);
  for (const size of [1, 3, 7, 64, 65, 200, stream.length]) {
    const reader = new PacketReader();
    const found = [];
    for (let i = 0; i < stream.length; i += size) {
      found.push(...reader.push(new Uint8Array(stream.subarray(i, i + size))));
    }
    const read = found.map(decode);
    assert.deepEqual(
      read.map(({ head }) => head.n ?? head.session),
      [1, 'x', 2],
    );
    assert.deepEqual([...read[0].arrays.samples], [1, 2, 3]);
    assert.deepEqual([...read[2].arrays.columns], [5, 6]);
  }
});

test('what arrives never covers what was put before, as in a list of flags', () => {
  let state = 1;
  const random = (n) => (state = (state * 48271) % 2147483647) % n;
  for (let round = 0; round < 300; round++) {
    const length = 1 + random(40);
    const filling = new Filling(length);
    const flags = new Array(length).fill(false);
    while (!filling.isDone) {
      for (let i = random(3); i > 0; i--) {
        const first = random(length);
        const last = Math.min(length, first + random(12));
        filling.cover(first, last);
        flags.fill(true, first, last);
      }
      const from = filling.arrived;
      const to = Math.min(length, from + 1 + random(12));
      const kept = new Set(
        filling.arrive(to).flatMap(([a, b]) => Array.from({ length: b - a }, (_, i) => a + i)),
      );
      const wanted = flags.flatMap((flag, i) => (!flag && i >= from && i < to ? [i] : []));
      assert.deepEqual(
        [...kept].sort((a, b) => a - b),
        wanted,
      );
    }
  }
});

test('sizes are told in the unit that fits', () => {
  assert.deepEqual([0, 999, 1e6, 2.14e6, 4.2336e8].map(bytes), [
    '0 kB',
    '1 kB',
    '1.0 MB',
    '2.1 MB',
    '423 MB',
  ]);
});
