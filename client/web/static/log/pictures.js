// Images of messages, from memory only: got once, a few at a time, and kept while there is room.

import { SHOWN_IMAGES } from "./kinds.js";

const MOST = 40_000_000; // bytes
const AT_ONCE = 3;
const TRIES = 4;

const known = new Map(); // by hash: { source, size }, the last one used at the end
const coming = new Map(); // by hash: a promise
const line = [];
let going = 0, taken = 0;

/** The address of an image that is in memory; empty if it is not. */
export function pictureHere(hash) {
  const one = known.get(hash);
  if (!one) return "";
  known.delete(hash);
  known.set(hash, one);
  return one.source;
}

/** Return a promise of an image's address in memory. It throws an Error if it cannot be had, or is no image. */
export async function picture(hash, address) {
  const here = pictureHere(hash);
  if (here) return here;
  if (!coming.has(hash)) coming.set(hash, get(hash, address).finally(() => coming.delete(hash)));
  return coming.get(hash);
}

async function get(hash, address) {
  if (going >= AT_ONCE) await new Promise((resolve) => line.push(resolve));
  else going += 1;
  try {
    const blob = await load(address);
    if (!SHOWN_IMAGES.test(blob.type)) throw new Error("not an image");
    const source = URL.createObjectURL(blob);
    known.set(hash, { source, size: blob.size });
    taken += blob.size;
    for (const [old, one] of known) {
      if (taken <= MOST || old === hash) break;
      known.delete(old);
      taken -= one.size;
      URL.revokeObjectURL(one.source); // those that are seen stay seen
    }
    return source;
  } finally {
    const next = line.shift();
    if (next) next();
    else going -= 1;
  }
}

async function load(address) {
  for (let tries = 1; ; tries += 1) {
    const answer = await fetch(address, { cache: "no-store" }).catch(() => null);
    if (answer?.ok) return answer.blob();
    if (tries === TRIES || (answer && answer.status < 500 && answer.status !== 429)) throw new Error("not here");
    await new Promise((resolve) => setTimeout(resolve, 500 * 2 ** tries));
  }
}

/** Forget all images, as somebody else may come. */
export function forgetPictures() {
  for (const { source } of known.values()) URL.revokeObjectURL(source);
  known.clear();
  taken = 0;
}
