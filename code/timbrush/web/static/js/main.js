/** Puts the page together: makes its parts, and tells each which others it works with. */

import { json } from './edit/server.js';
import { Studio } from './edit/studio.js';
import { part } from './page/dom.js';
import { Autosave } from './kept/autosave.js';
import { Database } from './kept/database.js';
import { rememberAll } from './kept/memory.js';
import { Examples } from './lessons/examples.js';
import { actions } from './page/actions.js';
import { connectArrival } from './page/arrival.js';
import { documentKey, openDocument } from './page/document.js';
import { connectDrawer } from './page/drawer.js';
import { connectExport } from './page/exporting.js';
import { connectFiles } from './page/files.js';
import { connectHeader } from './page/header.js';
import { connectHelp, connectLessons, connectSteps } from './page/help.js';
import { connectKeyboard, showKeys } from './page/keyboard.js';
import { say, showBusy } from './page/message.js';
import { connectNews } from './page/news.js';
import { connectRecent, showOffers } from './page/offers.js';
import { connectRecording } from './page/recording.js';
import { showStart } from './page/start.js';
import { connectLeaving } from './page/unsaved.js';
import { showHistory } from './panel/history.js';
import { Chosen, connectChosen } from './panel/chosen.js';
import { connectDoing } from './panel/doing.js';
import { connectPanel, connectZoneButtons } from './panel/panel.js';
import { connectPresets } from './panel/presets.js';
import { Settings } from './panel/settings.js';
import { showVariations } from './panel/variations.js';
import { connectCells } from './picture/cells.js';
import { Display, connectDisplay } from './picture/display.js';
import { Look, connectLook } from './picture/look.js';
import { Overlay } from './picture/overlay.js';
import { Overview } from './picture/overview.js';
import { connectRulers } from './picture/ruler.js';
import { Spectrogram } from './picture/spectrogram.js';
import { Stage } from './picture/stage.js';
import { View } from './picture/view.js';
import { Comparison } from './sound/comparison.js';
import { onsetNear } from './sound/onsets.js';
import { Player } from './sound/player.js';
import { Recorder } from './sound/recorder.js';
import { Transport } from './sound/transport.js';
import { Clipboard } from './zone/clipboard.js';
import { connectFinding } from './zone/finding.js';
import { connectZoneNumbers } from './zone/numbers.js';
import { Painting, connectPainting } from './zone/painting.js';
import { connectRail } from './zone/rail.js';
import { Tools } from './zone/tools.js';
import { Zone } from './zone/zone.js';

/** @typedef {import('./zone/shapes.js').Span} Span */

/**
 * @param {import('./panel/settings.js').Model} model
 * @param {Database} database
 */
async function connect(model, database) {
  const [view, zone, player, display] = [new View(), new Zone(), new Player(), new Display()];
  const settings = new Settings(model);
  const spectrogram = new Spectrogram();
  const studio = new Studio(player, spectrogram);
  const tools = new Tools(part('surface'), view, spectrogram);
  const overlay = new Overlay(view, zone, tools, display, settings);
  const stage = new Stage(view, spectrogram, overlay);
  const overview = new Overview(view, player);
  const other = new Spectrogram();
  const comparison = new Comparison(studio, player, stage, other);
  const transport = new Transport(player, view, zone, overview, comparison);
  const painting = new Painting(studio, zone, tools, settings);
  const clipboard = new Clipboard(painting, () => player.place / player.sampleRate);
  const chosen = new Chosen(studio, zone, painting, view);
  const autosave = new Autosave(database, studio);
  const examples = new Examples(model);
  const recorder = new Recorder(model.sound_seconds, model.sound_bytes);
  const look = new Look(studio, view);
  const parts = {
    studio,
    player,
    spectrogram,
    view,
    zone,
    tools,
    stage,
    settings,
    overlay,
    overview,
    display,
    autosave,
    examples,
    recorder,
  };

  /** @type {(seconds: Span | null, hertz: Span | null) => void} */
  const select = (seconds, hertz) => {
    studio.choose(null);
    zone.set([{ shape: 'rectangle', mode: 'add', seconds, hertz }]);
  };

  connectPanel(settings);
  connectDoing(settings, studio);
  connectZoneButtons(zone, studio);
  connectFinding(zone, studio, settings);
  connectZoneNumbers(zone);
  connectPainting(painting);
  connectRail(tools);
  connectDisplay(display, view, spectrogram);
  connectLook(look);
  connectCells(overlay, display, studio, settings, zone, () => stage.redrawOver());
  connectHeader(studio);
  connectNews(studio);
  connectLeaving(studio, autosave);
  connectFiles(studio, model);
  connectExport(studio, zone);
  connectRecording(studio, recorder);
  connectRecent(autosave);
  showHistory(studio, (index) => chosen.toggle(index));
  connectChosen(chosen, studio);
  connectRulers(view, zone, (seconds) => transport.seek(seconds), select);
  showVariations(studio, () => painting.stroke, player);
  connectKeyboard(
    actions({ ...parts, transport, comparison, painting, chosen, clipboard }),
    () => painting.finishCollecting(),
  );

  for (const each of [zone, tools, settings]) {
    each.addEventListener('change', () => stage.redrawOver());
  }
  zone.addEventListener('painted', () => stage.redrawOver());
  tools.onsetNear = (seconds, reach) =>
    onsetNear(player.current, player.sampleRate, seconds, reach);
  tools.handled = () => (studio.chosen === null ? null : zone.bounds);
  display.addEventListener('change', () => {
    for (const each of [spectrogram, other])
      each.colour(display.colormap, display.gain, display.range);
    stage.redraw();
  });
  on(tools, 'draft', () => stage.redrawOver());
  on(tools, 'move', (place) => stage.read(place));
  on(tools, 'click', (seconds) => {
    if (!tools.held) painting.finishCollecting();
    transport.seek(seconds);
  });
  on(tools, 'pick', (place) => chosen.pick(place));
  on(tools, 'handle', (box) => zone.moveTo(box));
  on(tools, 'dropped', () => chosen.place());
  on(studio, 'opened', (head) => {
    const hertz = /** @type {[number, number]} */ ([head.low_hertz, head.high_hertz]);
    view.load(studio.seconds, ...hertz, settings.top);
    tools.whole = { seconds: [0, studio.seconds], hertz: [hertz[0], view.top] };
    zone.load(tools.whole);
    display.fit(spectrogram.peak);
    overview.redraw();
    transport.load();
  });
  on(studio, 'arrived', () => display.refit(spectrogram.peak));
  connectArrival(studio);
  window.addEventListener('pagehide', () => studio.close());
  on(studio, 'chosen', () => {
    chosen.show();
    stage.redrawOver();
  });
  on(studio, 'shown', (span) => {
    stage.redraw();
    overview.measure(...span);
  });
  on(studio, 'heard', (span) => {
    if (painting.onRelease) transport.present(span);
  });
  on(studio, 'busy', showBusy);
  on(autosave, 'problem', (words) => say(words, { problem: true }));
  connectLessons(examples);
  await connectSteps(database, studio);
  look.addEventListener('change', () => stage.redraw());
  await connectPresets(settings, database);
  await rememberAll(database, { settings, tools, painting, display, look, comparison });
  // For tests and for the curious: the parts of this page.
  Object.assign(window, { timbrush: parts });
  return { studio, autosave };
}

/**
 * @param {EventTarget} target
 * @param {string} type
 * @param {(detail: any) => void} react
 */
function on(target, type, react) {
  target.addEventListener(type, (event) => react(/** @type {CustomEvent} */ (event).detail));
}

showKeys();
connectDrawer();
connectHelp();
try {
  const { studio, autosave } = await connect(await json('model'), new Database());
  const key = documentKey();
  if (key) await openDocument(studio, key);
  await Promise.all([showStart(studio), showOffers(autosave)]);
} catch (error) {
  say(/** @type {Error} */ (error).message, { problem: true });
}
document.body.dataset.ready = 'true';
