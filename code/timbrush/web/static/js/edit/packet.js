/** Reads a binary response of the server: a JSON head and arrays. */

const TYPES = { uint8: Uint8Array, float32: Float32Array };

/** Cuts what arrives, in parts of any size, into packets. */
export class PacketReader {
  /** @type {Uint8Array[]} */
  #parts = [];
  #length = 0;

  /**
   * @param {Uint8Array} part
   * @returns {ArrayBuffer[]} The packets that are whole now.
   */
  push(part) {
    this.#parts.push(part);
    this.#length += part.length;
    const whole = [];
    for (let size = this.#size(); size && size <= this.#length; size = this.#size()) {
      whole.push(this.#take(size));
    }
    return whole;
  }

  /** @returns {number} Bytes of the next packet; 0 as long as its head has not arrived. */
  #size() {
    if (this.#length < 4) return 0;
    const start = 4 + new DataView(this.#look(4)).getUint32(0, true);
    if (this.#length < start) return 0;
    const head = JSON.parse(new TextDecoder().decode(this.#look(start).slice(4)));
    return head.arrays.reduce(
      (/** @type {number} */ sum, /** @type {any} */ array) => sum + padded(array),
      start,
    );
  }

  /** @param {number} size @returns {ArrayBuffer} The first bytes. */
  #look(size) {
    const bytes = new Uint8Array(size);
    let filled = 0;
    for (const part of this.#parts) {
      if (filled === size) break;
      const piece = part.subarray(0, size - filled);
      bytes.set(piece, filled);
      filled += piece.length;
    }
    return bytes.buffer;
  }

  /** @param {number} size @returns {ArrayBuffer} The first bytes, which are gone then. */
  #take(size) {
    const taken = this.#look(size);
    this.#length -= size;
    let left = size;
    while (left && left >= this.#parts[0].length) {
      left -= /** @type {Uint8Array} */ (this.#parts.shift()).length;
    }
    if (left) this.#parts[0] = this.#parts[0].subarray(left);
    return taken;
  }
}

/**
 * @param {{dtype: string, shape: number[]}} array As the head lists it.
 * @returns {number} Its bytes, and those that fill them up to a multiple of eight.
 */
function padded({ dtype, shape }) {
  const bytes = TYPES[/** @type {'uint8' | 'float32'} */ (dtype)].BYTES_PER_ELEMENT;
  return Math.ceil((shape.reduce((a, b) => a * b, 1) * bytes) / 8) * 8;
}

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
