/** Samples to a sound file. */

const BYTES_PER_SAMPLE = 4;
const FLOATS = 3;
const HEAD_BYTES = 44;

/** @param {number} n Samples of all channels. @returns {number} Bytes of their file. */
export function waveBytes(n) {
  return HEAD_BYTES + n * BYTES_PER_SAMPLE;
}

/**
 * @param {Float32Array<ArrayBuffer>[]} pieces Samples, their channels interleaved.
 * @param {number} nChannels
 * @param {number} sampleRate
 * @returns {Blob} A WAV file of 32 bit floats.
 */
export function wave(pieces, nChannels, sampleRate) {
  const size = pieces.reduce((sum, { byteLength }) => sum + byteLength, 0);
  const head = new DataView(new ArrayBuffer(HEAD_BYTES));
  const frame = nChannels * BYTES_PER_SAMPLE;
  const word = (/** @type {number} */ at, /** @type {string} */ letters) =>
    [...letters].forEach((letter, i) => head.setUint8(at + i, letter.charCodeAt(0)));
  word(0, 'RIFF');
  head.setUint32(4, HEAD_BYTES - 8 + size, true);
  word(8, 'WAVEfmt ');
  head.setUint32(16, 16, true); // bytes of what follows, up to "data"
  head.setUint16(20, FLOATS, true);
  head.setUint16(22, nChannels, true);
  head.setUint32(24, sampleRate, true);
  head.setUint32(28, sampleRate * frame, true);
  head.setUint16(32, frame, true);
  head.setUint16(34, 8 * BYTES_PER_SAMPLE, true);
  word(36, 'data');
  head.setUint32(40, size, true);
  return new Blob([head, ...pieces], { type: 'audio/wav' });
}
