/** Reads a binary response of the server: a JSON head and arrays. */

const TYPES = { uint8: Uint8Array, float32: Float32Array };

/**
 * @param {ArrayBuffer} buffer A packet: length of the head (four bytes), head, arrays, each
 *   padded to a multiple of eight bytes.
 * @returns {{head: any, arrays: Record<string, Uint8Array | Float32Array>}}
 */
export function decode(buffer) {
  let start = 4 + new DataView(buffer).getUint32(0, true);
  const head = JSON.parse(new TextDecoder().decode(new Uint8Array(buffer, 4, start - 4)));
  /** @type {Record<string, Uint8Array | Float32Array>} */
  const arrays = {};
  for (const { name, dtype, shape } of head.arrays) {
    const count = shape.reduce((/** @type {number} */ a, /** @type {number} */ b) => a * b, 1);
    const array = new TYPES[/** @type {'uint8' | 'float32'} */ (dtype)](buffer, start, count);
    arrays[name] = array;
    start += Math.ceil(array.byteLength / 8) * 8;
  }
  return { head, arrays };
}

/**
 * @param {Uint8Array | Float32Array} samples Channels one after the other.
 * @param {number} nChannels
 * @returns {Float32Array[]} One view a channel.
 */
export function channels(samples, nChannels) {
  const length = samples.length / nChannels;
  return Array.from(
    { length: nChannels },
    (_, c) => /** @type {Float32Array} */ (samples.subarray(c * length, (c + 1) * length)),
  );
}
