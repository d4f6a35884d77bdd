/** Notes that are played on a MIDI keyboard. */

const NOTE_ON = 0x90;
const KIND = 0xf0;

/**
 * @param {Uint8Array | null} message As Web MIDI gives it.
 * @returns {number | null} The note that it begins; null if it begins none.
 */
export function noteOf(message) {
  const [status = 0, note = 0, velocity = 0] = message ?? [];
  return (status & KIND) === NOTE_ON && velocity > 0 ? note : null;
}

/**
 * Listens to every keyboard, now and later. Browsers ask before they allow it.
 *
 * @param {(note: number) => void} played
 */
export async function listen(played) {
  if (!navigator.requestMIDIAccess) {
    throw new Error('This browser knows no MIDI; Chrome, Edge and Firefox do.');
  }
  const access = await navigator.requestMIDIAccess();
  const attach = () => {
    for (const device of access.inputs.values()) {
      device.onmidimessage = ({ data }) => {
        const note = noteOf(data);
        if (note !== null) played(note);
      };
    }
  };
  access.onstatechange = attach;
  attach();
  return access.inputs.size;
}
