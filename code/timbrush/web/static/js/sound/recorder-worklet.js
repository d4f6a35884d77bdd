/** The end of the microphone's audio graph: hands on what it hears, some thousand frames at a time. */

const PIECE_FRAMES = 4096;

class Recorder extends AudioWorkletProcessor {
  /** @type {Float32Array[][]} */
  #blocks = [];
  #frames = 0;
  #isOver = false;

  constructor() {
    super();
    this.port.onmessage = () => {
      this.#isOver = true;
      this.#send();
      this.port.postMessage(null);
    };
  }

  /** @param {Float32Array[][]} inputs */
  process([input]) {
    if (input.length && !this.#isOver) {
      this.#blocks.push(input.map((channel) => channel.slice()));
      this.#frames += input[0].length;
    }
    if (this.#frames >= PIECE_FRAMES) this.#send();
    return !this.#isOver;
  }

  /** Sends the frames that wait, their channels interleaved. */
  #send() {
    const n = this.#blocks[0]?.length ?? 0;
    const piece = new Float32Array(this.#frames * n);
    let first = 0;
    for (const channels of this.#blocks) {
      channels.forEach((channel, c) => {
        for (let i = 0; i < channel.length; i++) piece[first + i * n + c] = channel[i];
      });
      first += channels[0].length * n;
    }
    this.#blocks = [];
    this.#frames = 0;
    if (piece.length) this.port.postMessage(piece);
  }
}

registerProcessor('recorder', Recorder);
