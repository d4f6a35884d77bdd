/** Sizes of files as people read them. */

/** @param {number} size @returns {string} Such as "2.1 MB". */
export function bytes(size) {
  if (size < 1e6) return `${Math.ceil(size / 1e3)} kB`;
  return `${(size / 1e6).toFixed(size < 1e7 ? 1 : 0)} MB`;
}
