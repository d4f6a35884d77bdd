/** Puts the page together. */

import { Brush } from './brush.js';
import { COLORMAPS } from './colormap.js';
import { byId, onToggle, shareOf } from './controls.js';
import { connectFiles } from './files.js';
import { connectHelp } from './help.js';
import { showHistory } from './history.js';
import { connectKeys } from './keys.js';
import { say } from './message.js';
import { Overlay } from './overlay.js';
import { Overview } from './overview.js';
import { Player } from './player.js';
import { json } from './server.js';
import { Spectrogram } from './spectrogram.js';
import { Stage } from './stage.js';
import { showStart } from './start.js';
import { Studio } from './studio.js';
import { Tools } from './tools.js';
import { Transport } from './transport.js';
import { connectLeaving, mayLose } from './unsaved.js';
import { showVariations } from './variations.js';
import { View } from './view.js';
import { Zone, dependsOnSound } from './zone.js';
import { connectZoneNumbers } from './zone-numbers.js';

const view = new View();
const zone = new Zone();
const player = new Player();
const spectrogram = new Spectrogram();
const tools = new Tools(byId('surface'), view, spectrogram);
const overlay = new Overlay(view, zone, tools);
const stage = new Stage(view, spectrogram, overlay);
const overview = new Overview(view, player);
const transport = new Transport(player, view, zone);
const brush = new Brush();
const studio = new Studio(player, spectrogram);
/** @type {any} */
let model = { fingerprint: '', inpainters: [], grids: [], families: [] };
/** Whether letting Shift go paints what was drawn with it. */
let collecting = false;

/* Painting --------------------------------------------------------------------------- */

const stroke = () => (studio.isOpen && !zone.isEmpty ? brush.stroke(zone.shapes) : null);

async function paint() {
  collecting = false;
  const next = stroke();
  if (!next) return;
  brush.next();
  await studio.paint(next);
}

tools.addEventListener('draft', () => stage.redrawOver());
tools.addEventListener('move', (event) => stage.read(/** @type {CustomEvent} */ (event).detail));
tools.addEventListener('click', (event) => {
  if (collecting && !tools.held) paint();
  player.seek(/** @type {CustomEvent} */ (event).detail * player.sampleRate);
});
tools.addEventListener('shape', (event) => {
  if (!studio.isOpen) return;
  const shape = /** @type {CustomEvent} */ (event).detail;
  zone.join(shape);
  if (!byId('on-release').checked) return;
  const isCollected = shape.mode === 'add' && tools.mode === 'new';
  collecting = isCollected && tools.held;
  if (shape.mode === 'new' || (isCollected && !tools.held)) paint();
  else if (!zone.isEmpty) say('Enter paints the zone.');
});

/** Shift was let go: what was collected meanwhile is painted, once the shape that is being drawn is done. */
function collected() {
  if (collecting && !tools.draft) paint();
}
window.addEventListener('blur', () => (collecting = false)); // Shift may be let go elsewhere

function cancel() {
  collecting = false;
  if (tools.cancel()) return;
  if (studio.cancel()) return;
  zone.set([]);
}

function selectAll() {
  if (studio.isOpen) zone.set([{ shape: 'rectangle', mode: 'add', seconds: null, hertz: null }]);
}

byId('paint').addEventListener('click', paint);
byId('clear').addEventListener('click', () => zone.set([]));
zone.addEventListener('change', () => {
  collecting = false;
  for (const id of ['paint', 'clear', 'vary']) byId(id).disabled = !studio.isOpen || zone.isEmpty;
  stage.redrawOver();
});
connectZoneNumbers(zone, view);

/* Tools ------------------------------------------------------------------------------- */

function showTool() {
  document.body.dataset.tool = tools.tool;
  for (const button of document.querySelectorAll('#rail button')) {
    const chosen = /** @type {HTMLElement} */ (button).dataset.tool === tools.tool;
    button.setAttribute('aria-checked', String(chosen));
    /** @type {HTMLElement} */ (button).tabIndex = chosen ? 0 : -1;
  }
  byId('brush-size').value = String(Math.round(tools.brushPixels));
  shareOf(byId('brush-size'));
  stage.redrawOver();
}

byId('rail').addEventListener('click', (/** @type {Event} */ event) => {
  const button = /** @type {HTMLElement} */ (event.target).closest('button');
  if (button) tools.set({ tool: button.dataset.tool });
});
byId('rail').addEventListener('keydown', (/** @type {KeyboardEvent} */ event) => {
  const step = { ArrowDown: 1, ArrowRight: 1, ArrowUp: -1, ArrowLeft: -1 }[event.key];
  if (!step) return;
  event.preventDefault();
  event.stopPropagation();
  const buttons = /** @type {HTMLElement[]} */ ([...byId('rail').querySelectorAll('button')]);
  const next = buttons[(buttons.findIndex((b) => b.dataset.tool === tools.tool) + step + buttons.length) % buttons.length];
  tools.set({ tool: next.dataset.tool });
  next.focus();
});
tools.addEventListener('change', showTool);
byId('brush-size').addEventListener('input', () => tools.set({ brushPixels: Number(byId('brush-size').value) }));
byId('harmonics-width').addEventListener('change', () => tools.set({ widthHertz: Math.max(1, Number(byId('harmonics-width').value)) }));
byId('harmonics-count').addEventListener('change', () => tools.set({ nPartials: Math.max(0, Math.round(Number(byId('harmonics-count').value))) }));
byId('snap').addEventListener('change', () => tools.set({ snap: byId('snap').checked }));
for (const input of document.querySelectorAll("input[name='mode']")) {
  input.addEventListener('change', () => tools.set({ mode: /** @type {HTMLInputElement} */ (input).value }));
}

/* What is shown ------------------------------------------------------------------------ */

function colour() {
  const [gain, range] = [Number(byId('gain').value), Number(byId('range').value)];
  byId('gain-value').textContent = String(gain).replace('-', '−');
  byId('range-value').textContent = String(range);
  for (const id of ['gain', 'range']) shareOf(byId(id));
  spectrogram.colour(byId('colormap').value, gain, range);
  stage.redraw();
}

async function showSurprise() {
  const isWanted = () => studio.isOpen && byId('surprise').getAttribute('aria-pressed') === 'true';
  const measured = isWanted() ? await studio.surprise(brush.inpainter, brush.value('radius')) : [];
  const levels = isWanted() ? measured : []; // the button may have been pressed meanwhile
  overlay.surprise = levels
    .map((values, i) => ({ values, grid: model.grids[i] }))
    .filter((_, i) => levels.length < 2 || brush.level === 'both' || (brush.level === 'coarse') === (i === 0));
  if (brush.level === 'both') overlay.surprise = overlay.surprise.slice(-1);
  stage.redrawOver();
}

/** Where the last stroke lies, if the sound decides that and no shape does. */
async function showCells() {
  const last = studio.entries[studio.position - 1]?.stroke;
  const levels = dependsOnSound(last?.zone ?? []) ? await studio.cells() : [];
  const level = last?.level === 'coarse' ? 0 : levels.length - 1;
  overlay.cells = levels.map((values, i) => ({ values, grid: model.grids[i] })).filter((_, i) => i === level);
  stage.redrawOver();
}

byId('colormap').replaceChildren(...COLORMAPS.map((name) => new Option(name[0].toUpperCase() + name.slice(1), name)));
for (const id of ['gain', 'range', 'colormap']) byId(id).addEventListener('input', colour);
onToggle('grid', (pressed) => {
  overlay.showGrid = pressed;
  stage.redrawOver();
});
onToggle('surprise', () => showSurprise());
byId('zoom-in').addEventListener('click', () => view.zoomTime(1.4));
byId('zoom-out').addEventListener('click', () => view.zoomTime(1 / 1.4));
byId('zoom-fit').addEventListener('click', () => view.fit());
byId('axis-hertz').addEventListener('wheel', (/** @type {WheelEvent} */ event) => {
  event.preventDefault();
  view.zoomFrequency(Math.exp(-event.deltaY * 0.002), event.offsetY);
});
brush.addEventListener('change', () => {
  overlay.gridLevel = brush.level;
  stage.redrawOver();
});
for (const id of ['inpainter', 'level', 'brush-radius']) {
  byId(id).addEventListener('change', () => overlay.surprise.length && showSurprise());
}

/* The edit ------------------------------------------------------------------------------ */

studio.addEventListener('opened', () => {
  const { head } = studio;
  byId('sound-name').textContent = studio.name;
  const channels = head.n_channels === 1 ? 'mono' : head.n_channels === 2 ? 'stereo' : `${head.n_channels} channels`;
  byId('sound-facts').textContent = `${studio.seconds.toFixed(2)} s · ${head.sample_rate / 1000} kHz · ${channels} · ${head.format} ${head.subtype.replace('_', ' ')}`;
  byId('overview').setAttribute('aria-valuemax', studio.seconds.toFixed(2));
  document.title = `${studio.name} – timbrush`;
  for (const id of ['save-strokes', 'open-strokes']) byId(id).disabled = false;
  for (const id of ['save-wav', 'save-flac']) byId(id).removeAttribute('aria-disabled');
  zone.set([]);
  view.load(studio.seconds, head.low_hertz, head.high_hertz);
  byId('gain').value = String(Math.round(Math.max(-20, -spectrogram.peak)));
  colour();
  overview.measure();
  transport.load();
  overlay.surprise = [];
  showSurprise();
  const first = head.n_channels > 2 ? ` You hear the first two of ${head.n_channels} channels; all are painted and saved.` : '';
  say(`Draw on the picture: on release the zone is repainted and plays.${first}`);
});
studio.addEventListener('changed', () => {
  byId('undo').disabled = !studio.canUndo;
  byId('redo').disabled = !studio.canRedo;
  if (overlay.surprise.length) showSurprise();
  showCells();
  const entry = studio.entries[studio.position - 1];
  if (entry) say(`Stroke ${studio.position}: ${Math.round(entry.cost.share * 100)} % of the painted codes changed in ${Math.round(entry.cost.milliseconds)} ms.`);
  else if (studio.entries.length) say('The original, without a stroke.');
});
studio.addEventListener('shown', (event) => {
  stage.redraw();
  overview.measure(.../** @type {CustomEvent} */ (event).detail);
});
studio.addEventListener('heard', (event) => {
  if (byId('on-release').checked) transport.present(/** @type {CustomEvent} */ (event).detail);
});
studio.addEventListener('problem', (event) => say(/** @type {CustomEvent} */ (event).detail, { problem: true }));
byId('undo').addEventListener('click', () => studio.undo());
byId('redo').addEventListener('click', () => studio.redo());
showHistory(studio);
showVariations(studio, () => stroke());
connectLeaving(studio);
connectFiles(studio, (saved) => {
  if (saved?.format !== 'timbrush strokes' || !Array.isArray(saved.strokes)) {
    return say('This file holds no strokes; choose one that Save wrote.', { problem: true });
  }
  if (!mayLose(studio)) return;
  studio.replace(saved.strokes).then((done) => {
    const others = model.inpainters.some(({ name, fingerprint }) => (saved.inpainters?.[name] ?? fingerprint) !== fingerprint);
    if (done && (others || saved.model !== model.fingerprint)) say('These strokes were painted with another model; they sound different here.', { problem: true });
  });
});

let busyTimer = 0;
studio.addEventListener('busy', (event) => {
  clearTimeout(busyTimer);
  const words = /** @type {CustomEvent} */ (event).detail;
  byId('busy-text').textContent = words ?? '';
  // What is done at once needs no sign: it would only flicker.
  if (words) busyTimer = window.setTimeout(() => (byId('busy').hidden = false), 400);
  else byId('busy').hidden = true;
});

/* Begin ----------------------------------------------------------------------------------- */

connectHelp();
connectKeys({ studio, transport, tools, view, brush, paint, cancel, selectAll, collected, press: (id) => byId(id).click() });
showTool();
colour();
try {
  model = await json('model');
  brush.load(model);
  overlay.grids = model.grids;
  await showStart(studio);
} catch (error) {
  say(/** @type {Error} */ (error).message, { problem: true });
}
// For tests and for the curious: the parts of this page.
Object.assign(window, { timbrush: { studio, player, view, zone, tools, stage, brush, overlay } });
document.body.dataset.ready = 'true';
