/** Sounds and strokes in and out: choose, drop, download, drag out. */

import { button, input, make, part } from './dom.js';
import { dump, read } from '../edit/saved.js';
import { say } from './message.js';
import { mayLose } from './unsaved.js';

const KINDS = ['wav', 'flac'];

/** @param {string} name @returns {string} Without its suffix. */
export function stem(name) {
  return name.replace(/\.[^.]+$/, '') || 'sound';
}

/**
 * @param {{blob: Blob, remark: string} | null} file Nothing if it could not be had.
 * @param {string} name
 */
export function save(file, name) {
  if (!file) return;
  const { blob, remark } = file;
  if (remark) say(remark, { problem: true });
  const link = make('a', { href: URL.createObjectURL(blob), download: name });
  link.click();
  setTimeout(() => URL.revokeObjectURL(link.href), 10_000);
}

/**
 * @param {import('../edit/studio.js').Studio} studio
 * @param {import('../panel/settings.js').Model} model
 */
export function connectFiles(studio, model) {
  const open = (/** @type {File | undefined} */ file) => {
    if (!file) return;
    if (file.name.toLowerCase().endsWith('.json')) return readStrokes(file);
    if (mayLose(studio)) return studio.open(file, file.name);
  };

  const readStrokes = async (/** @type {File} */ file) => {
    try {
      await openStrokes(read(await file.text(), file.name, model), studio);
    } catch (error) {
      say(/** @type {Error} */ (error).message, { problem: true });
    }
  };

  const [sound, strokes] = ['file', 'strokes-file'].map(input);
  for (const id of ['open', 'choose'])
    button(id).addEventListener('click', () => sound.click());
  button('open-strokes').addEventListener('click', () => strokes.click());
  for (const chooser of [sound, strokes]) {
    chooser.addEventListener('change', () => {
      open(chooser.files?.[0]);
      chooser.value = '';
    });
  }
  button('save-strokes').addEventListener('click', async () => {
    const blob = new Blob([dump(await studio.taken(), model)], { type: 'application/json' });
    save({ blob, remark: '' }, `${stem(studio.name)}.strokes.json`);
  });
  for (const kind of KINDS) connectDownload(studio, kind);
  connectDrop(open);
}

/**
 * Makes saved strokes the edit.
 *
 * @param {{strokes: import('../edit/session.js').Stroke[], isOther: boolean}} saved
 * @param {import('../edit/studio.js').Studio} studio
 */
async function openStrokes({ strokes, isOther }, studio) {
  if (!mayLose(studio) || !(await studio.change(() => strokes, { isSaved: true }))) return;
  const words = 'These strokes were painted with another model; they sound different here.';
  if (isOther) say(words, { problem: true });
}

/**
 * @param {import('../edit/studio.js').Studio} studio
 * @param {string} kind
 */
function connectDownload(studio, kind) {
  const link = part(`save-${kind}`);
  const name = () => `${stem(studio.name)}-timbrush.${kind}`;
  const download = async () => save(await studio.file(`sound.${kind}`), name());
  link.addEventListener('click', download);
  // Chromium lets a file be dragged to the desktop; elsewhere this does nothing.
  /** @type {import('../edit/session.js').Stroke[]} */
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
  for (const [type, change] of /** @type {const} */ ([
    ['dragenter', 1],
    ['dragleave', -1],
  ])) {
    document.addEventListener(type, ({ dataTransfer }) => {
      if (dataTransfer?.types.includes('Files')) mark(change);
    });
  }
  document.addEventListener('dragover', (event) => event.preventDefault());
  document.addEventListener('drop', (event) => {
    event.preventDefault();
    mark(-depth);
    open(event.dataTransfer?.files[0]);
  });
}
