/** The routes under /api/ as functions. */

import { PacketReader, decode } from './packet.js';

/** What the server refused, in its own words. */
export class Refusal extends Error {
  /**
   * @param {number} status
   * @param {string} detail
   */
  constructor(status, detail) {
    super(detail);
    this.status = status;
  }
}

/**
 * @param {string} path
 * @param {RequestInit} [options]
 * @returns {Promise<Response>}
 */
async function ask(path, options = {}) {
  const response = await fetch(`/api/${path}`, options).catch((error) => {
    if (error.name === 'AbortError') throw error;
    throw new Refusal(0, 'The server cannot be reached. Is timbrush serve still running?');
  });
  if (response.ok) return response;
  const body = await response.json().catch(() => ({}));
  throw new Refusal(
    response.status,
    body.detail ?? `The server refused with code ${response.status}.`,
  );
}

/**
 * @param {string} path
 * @param {RequestInit} [options]
 */
export async function json(path, options) {
  return (await ask(path, options)).json();
}

/**
 * @param {string} path
 * @param {AbortSignal} [signal]
 * @param {unknown} [body] Sent as JSON, if the file depends on it.
 * @returns {Promise<{blob: Blob, remark: string}>} A file, and what it cannot keep.
 */
export async function file(path, signal, body) {
  const headers = { 'Content-Type': 'application/json' };
  const sent = body ? { method: 'POST', body: JSON.stringify(body), headers } : {};
  const response = await ask(path, { signal, ...sent });
  return { blob: await response.blob(), remark: response.headers.get('Remark') ?? '' };
}

/**
 * @param {string} method
 * @param {string} path
 * @param {any} body A Blob is sent as it is, anything else as JSON.
 * @param {AbortSignal} [signal]
 */
export async function packet(method, path, body, signal) {
  return decode(await (await send(method, path, body, signal)).arrayBuffer());
}

/**
 * @param {string} path
 * @param {Blob} file
 * @param {AbortSignal} [signal]
 * @returns {AsyncGenerator<import('./session.js').Packet>} Packets, as they arrive.
 */
export async function* packets(path, file, signal) {
  const response = await send('POST', path, file, signal);
  const reader = new PacketReader();
  const stream = /** @type {ReadableStream<Uint8Array>} */ (response.body).getReader();
  try {
    for (
      let { value, done } = await stream.read();
      !done;
      { value, done } = await stream.read()
    ) {
      for (const buffer of reader.push(/** @type {Uint8Array} */ (value))) yield decode(buffer);
    }
  } finally {
    stream.cancel().catch(() => {});
  }
}

/**
 * @param {string} method
 * @param {string} path
 * @param {any} body
 * @param {AbortSignal} [signal]
 */
async function send(method, path, body, signal) {
  const isFile = body instanceof Blob;
  return ask(path, {
    method,
    signal,
    body: body === undefined || isFile ? body : JSON.stringify(body),
    headers: { 'Content-Type': isFile ? 'application/octet-stream' : 'application/json' },
  });
}

/**
 * @param {string} path
 * @returns {string} Address that a link or a drag can carry.
 */
export function address(path) {
  return new URL(`/api/${path}`, location.href).href;
}
