/** Records from the microphone, to a sound file of floats. */

import { wave, waveBytes } from './wave.js';

/** What a browser does to speech in calls; a recording takes the sound as it is. */
const PLAIN = { echoCancellation: false, noiseSuppression: false, autoGainControl: false };

/** @type {Record<string, string>} What browsers call it, and what to do. */
const REFUSALS = {
  NotAllowedError: 'The browser may not use the microphone: allow it, then record again.',
  NotFoundError: 'There is no microphone: connect one, then record again.',
};

/** Fires `change` (it begins, goes on and ends) and `full` once no more would be taken. */
export class Recorder extends EventTarget {
  /** @type {{stream: MediaStream, context: AudioContext, node: AudioWorkletNode} | null} */
  #graph = null;
  /** @type {Float32Array<ArrayBuffer>[]} */
  #pieces = [];
  #nChannels = 1;
  #samples = 0;

  /**
   * @param {number} mostSeconds That a sound may have.
   * @param {number} mostBytes That a file may have.
   */
  constructor(mostSeconds, mostBytes) {
    super();
    this.mostSeconds = mostSeconds;
    this.mostBytes = mostBytes;
  }

  get isOn() {
    return this.#graph !== null;
  }

  /** What is recorded so far. */
  get seconds() {
    return this.#samples / this.#nChannels / (this.#graph?.context.sampleRate ?? 1);
  }

  /** Begins; the browser asks whether it may. */
  async start() {
    const stream = await microphone();
    const [track] = stream.getAudioTracks();
    const context = new AudioContext();
    await context.audioWorklet.addModule(new URL('./recorder-worklet.js', import.meta.url));
    this.#nChannels = Math.min(2, track.getSettings().channelCount ?? 1);
    const node = new AudioWorkletNode(context, 'recorder', {
      numberOfOutputs: 0,
      channelCount: this.#nChannels,
      channelCountMode: 'explicit',
    });
    this.#pieces = [];
    this.#samples = 0;
    node.port.onmessage = ({ data }) => this.#take(data);
    context.createMediaStreamSource(stream).connect(node);
    this.#graph = { stream, context, node };
    this.#changed();
  }

  /** @returns {Promise<Blob>} What was recorded, as a WAV file. */
  async stop() {
    const graph = this.#graph;
    if (!graph) throw new Error('Nothing is being recorded.');
    const { stream, context, node } = graph;
    await new Promise((resolve) => {
      node.port.onmessage = ({ data }) => (data ? this.#take(data) : resolve(null));
      node.port.postMessage('stop');
    });
    for (const track of stream.getTracks()) track.stop();
    this.#graph = null;
    await context.close();
    this.#changed();
    const pieces = this.#pieces;
    this.#pieces = [];
    return wave(pieces, this.#nChannels, context.sampleRate);
  }

  /** @param {Float32Array<ArrayBuffer>} piece */
  #take(piece) {
    this.#pieces.push(piece);
    this.#samples += piece.length;
    const size = waveBytes(this.#samples + piece.length); // with one more of them
    const isFull = this.seconds + 1 > this.mostSeconds || size > this.mostBytes;
    if (isFull) this.dispatchEvent(new Event('full'));
    else this.#changed();
  }

  #changed() {
    this.dispatchEvent(new Event('change'));
  }
}

/** @returns {Promise<MediaStream>} */
async function microphone() {
  if (!navigator.mediaDevices) throw new Error('This browser cannot record here.');
  try {
    return await navigator.mediaDevices.getUserMedia({ audio: PLAIN });
  } catch (error) {
    const { name, message } = /** @type {DOMException} */ (error);
    throw new Error(REFUSALS[name] ?? `The microphone cannot be used: ${message}.`);
  }
}
