/** Sounds and strokes in and out: choose, drop, download, drag out. */

import { byId } from './controls.js';
import { say } from './message.js';
import { mayLose } from './unsaved.js';

const KINDS = ['wav', 'flac'];

/** @param {string} name @returns {string} Without its suffix. */
function stem(name) {
  return name.replace(/\.[^.]+$/, '') || 'sound';
}

/**
 * @param {{blob: Blob, remark: string} | null} file Nothing if it could not be had.
 * @param {string} name
 */
function save(file, name) {
  if (!file) return;
  const { blob, remark } = file;
  if (remark) say(remark, { problem: true });
  const link = Object.assign(document.createElement('a'), { href: URL.createObjectURL(blob), download: name });
  link.click();
  setTimeout(() => URL.revokeObjectURL(link.href), 10_000);
}

/**
 * @param {import('./studio.js').Studio} studio
 * @param {(document: any) => void} openStrokes
 */
export function connectFiles(studio, openStrokes) {
  const open = (/** @type {File | undefined} */ file) => {
    if (!file) return;
    if (file.name.toLowerCase().endsWith('.json')) return readStrokes(file);
    if (mayLose(studio)) return studio.open(file, file.name);
  };

  const readStrokes = async (/** @type {File} */ file) => {
    try {
      openStrokes(JSON.parse(await file.text()));
    } catch {
      say(`${file.name} is no JSON; choose a file that Save wrote.`, { problem: true });
    }
  };

  for (const id of ['open', 'choose']) byId(id).addEventListener('click', () => byId('file').click());
  byId('open-strokes').addEventListener('click', () => byId('strokes-file').click());
  for (const id of ['file', 'strokes-file']) {
    byId(id).addEventListener('change', () => {
      open(byId(id).files[0]);
      byId(id).value = '';
    });
  }
  byId('save-strokes').addEventListener('click', async () => {
    save(await studio.file('strokes'), `${stem(studio.name)}.strokes.json`);
  });
  for (const kind of KINDS) connectDownload(studio, kind);
  connectDrop(open);
}

/**
 * @param {import('./studio.js').Studio} studio
 * @param {string} kind
 */
function connectDownload(studio, kind) {
  const link = byId(`save-${kind}`);
  const name = () => `${stem(studio.name)}-timbrush.${kind}`;
  const download = async () => save(await studio.file(`sound.${kind}`), name());
  link.addEventListener('click', download);
  // Chromium lets a file be dragged to the desktop; elsewhere this does nothing.
  /** @type {import('./session.js').Stroke[]} */
  let dragged = [];
  link.addEventListener('dragstart', (/** @type {DragEvent} */ event) => {
    dragged = studio.strokes;
    const address = studio.address(`sound.${kind}`);
    event.dataTransfer?.setData('DownloadURL', `audio/${kind}:${name()}:${address}`);
  });
  link.addEventListener('dragend', (/** @type {DragEvent} */ event) => {
    if (event.dataTransfer?.dropEffect !== 'none') studio.markSaved(dragged);
  });
}

/** @param {(file: File | undefined) => void} open */
function connectDrop(open) {
  let depth = 0;
  const mark = (/** @type {number} */ change) => {
    depth = Math.max(0, depth + change);
    document.body.classList.toggle('dragging', depth > 0);
  };
  document.addEventListener('dragenter', (event) => event.dataTransfer?.types.includes('Files') && mark(1));
  document.addEventListener('dragleave', (event) => event.dataTransfer?.types.includes('Files') && mark(-1));
  document.addEventListener('dragover', (event) => event.preventDefault());
  document.addEventListener('drop', (event) => {
    event.preventDefault();
    mark(-depth);
    open(event.dataTransfer?.files[0]);
  });
}
