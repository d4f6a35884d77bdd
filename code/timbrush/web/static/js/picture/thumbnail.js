/** A small picture of a few columns. */

/**
 * @param {HTMLCanvasElement} canvas
 * @param {Uint8Array} columns Levels, column by column, low rows first.
 * @param {number} nRows
 * @param {Uint32Array} palette A colour for each level.
 */
export function drawThumbnail(canvas, columns, nRows, palette) {
  const { width, height } = canvas;
  const nColumns = columns.length / nRows;
  const image = new ImageData(width, height);
  const pixels = new Uint32Array(image.data.buffer);
  for (let x = 0; x < width; x++) {
    const [first, last] = part(x, width, nColumns);
    for (let y = 0; y < height; y++) {
      const [low, high] = part(height - 1 - y, height, nRows);
      pixels[y * width + x] = palette[loudest(columns, nRows, first, last, low, high)];
    }
  }
  canvas.getContext('2d')?.putImageData(image, 0, 0);
}

/**
 * @param {number} i
 * @param {number} n
 * @param {number} of
 * @returns {[number, number]} The part of `of` that pixel i of n shows; never empty.
 */
function part(i, n, of) {
  const first = Math.min(Math.max(0, of - 1), Math.floor((i * of) / n));
  return [first, Math.min(of, Math.max(first + 1, Math.floor(((i + 1) * of) / n)))];
}

/**
 * @param {Uint8Array} columns
 * @param {number} nRows
 * @param {number} first
 * @param {number} last
 * @param {number} low
 * @param {number} high
 */
function loudest(columns, nRows, first, last, low, high) {
  let most = 0;
  for (let column = first; column < last; column++) {
    for (let row = low; row < high; row++) most = Math.max(most, columns[column * nRows + row]);
  }
  return most;
}
