// A short soft sound when something calls the person. It is made by the browser: there is no file.

import { preference } from "./preferences.js";

const NOTES = [660, 880];
const GAP = 0.12, LENGTH = 0.35, LOUDNESS = 0.06;
const KEPT = 3000;
const LATER = 150; // milliseconds in which a tab that is seen takes a ring before the others

let audio = null;

/** Play it. Browsers allow that only after the person has used the page. */
export function play() {
  audio ??= new AudioContext();
  audio.resume();
  NOTES.forEach((frequency, at) => {
    const begin = audio.currentTime + at * GAP;
    const tone = new OscillatorNode(audio, { frequency }), loudness = new GainNode(audio, { gain: 0 });
    loudness.gain.setValueAtTime(0, begin);
    loudness.gain.linearRampToValueAtTime(LOUDNESS, begin + 0.02);
    loudness.gain.exponentialRampToValueAtTime(0.0001, begin + LENGTH);
    tone.connect(loudness).connect(audio.destination);
    tone.start(begin);
    tone.stop(begin + LENGTH);
  });
}

/** Whether no other tab has taken a ring. A tab keeps what it has taken for so long that all have asked. */
function isFirst(ring) {
  if (!navigator.locks) return Promise.resolve(true); // on plain http each tab rings
  return new Promise((resolve) => {
    navigator.locks.request(`chat-ring ${ring}`, { ifAvailable: true }, (lock) => {
      resolve(Boolean(lock));
      return lock && new Promise((done) => setTimeout(done, KEPT));
    });
  });
}

/**
 * Let what rings be heard, once for all tabs. The gateway rings neither in quiet hours nor for a conversation without notices.
 * Nothing is heard of what the person sees, and of what was missed before they came.
 */
export function soundFor(store, attention) {
  store.on("ring", async ({ conversation, seq, missed }) => {
    if (missed || preference("sound") !== "on") return;
    const { here } = attention;
    if (!here) await new Promise((done) => setTimeout(done, LATER));
    if (await isFirst(`${conversation} ${seq}`) && !(here && conversation === store.current)) play();
  });
}
