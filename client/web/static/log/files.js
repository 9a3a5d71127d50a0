// The files of a message: images, sound and films in rooms that are reserved, and for each a link to save it.

import { el, fileSign, fill } from "../dom.js";
import { fileAddress } from "../http.js";
import { toast } from "../parts/dialog.js";
import { showPicture } from "../parts/lightbox.js";
import { size, t } from "../texts.js";
import { FILMS, SHOWN_IMAGES, SOUNDS } from "./kinds.js";
import { picture, pictureHere } from "./pictures.js";

const AT_ONCE = 1_000_000; // larger images come after a click
const LARGEST_SHOWN = 20_000_000;
const MOST_PLAYERS = 20;

const players = new Map(); // by address: what plays goes on if its message is drawn anew
const near = new IntersectionObserver((seen) => {
  for (const { isIntersecting, target } of seen) {
    if (!isIntersecting) continue;
    near.unobserve(target);
    target.dispatchEvent(new Event("near"));
  }
}, { rootMargin: "800px" });

/** Return the element of the files of a message. `mark` stands behind them. */
export function filesElement(said, conversation, mark) {
  const shown = [], links = [];
  said.files.forEach((file, at) => {
    const [address, inline] = [false, true].map((on) => fileAddress(conversation, said.seq, at + 1, on));
    const type = file.media_type ?? "";
    const kind = SOUNDS.test(type) ? "audio" : FILMS.test(type) ? "video" : "";
    const link = linkElement(file, address);
    if (SHOWN_IMAGES.test(type) && file.size <= LARGEST_SHOWN) shown.push(imageElement(file, inline, address));
    links.push(kind ? el("div", { class: "played" }, player(kind, file, inline), link) : link);
  });
  return el("div", { class: "files" }, shown.length ? el("div", { class: `shown${shown.length > 1 ? " several" : ""}` }, shown) : null, links, mark);
}

/** Return links to the files of a message, for a list in which nothing is shown; null if it has none. */
export function fileLinks(said, conversation) {
  if (!said.files?.length) return null;
  return el("div", { class: "files" }, said.files.map((file, at) => linkElement(file, fileAddress(conversation, said.seq, at + 1))));
}

function linkElement(file, address) {
  return el("div", { class: "file" }, fileSign(file.name),
    el("a", { href: address, download: file.name, onclick: () => check(address) }, el("bdi", {}, file.name)), el("small", { class: "soft" }, size(file.size)));
}

/** Forget what plays, as somebody else may come. */
export function forgetPlayers() {
  for (const one of players.values()) one.pause();
  players.clear();
}

/** If a file cannot be saved, say why: the browser itself only says that it failed. */
async function check(address) {
  const answer = await fetch(address, { method: "HEAD", cache: "no-store" }).catch(() => null);
  if (!answer?.ok) toast(t(answer && [404, 410].includes(answer.status) ? "fileGone" : "fileNotNow"));
}

/** An image in its room. It comes when it is nearly in sight, and a click shows it large. */
function imageElement(file, inline, address) {
  const image = el("img", { class: "picture", alt: t("image", { name: file.name }), hidden: true });
  const note = el("span", { class: "soft" });
  const tell = (text) => fill(note, text, el("span", { class: "said" }, ` ${file.name}`));
  tell(t("imageComes"));
  const box = el("button", { type: "button", class: "frame-of", onclick: open, "data-hash": file.hash }, image, note);
  Object.assign(box, { pictured: { file, inline, address } });
  image.onload = () => { image.hidden = false; note.hidden = true; };
  const here = pictureHere(file.hash);
  if (here) image.src = here;
  else if (file.size <= AT_ONCE) { box.addEventListener("near", load, { once: true }); near.observe(box); }
  else tell(`${t("showImage")} (${size(file.size)})`);
  function load() {
    tell(t("imageComes"));
    return picture(file.hash, inline).then((source) => { image.src = source; }, () => { tell(t("imageFails")); box.disabled = true; });
  }
  function open() {
    if (image.hidden) load();
    else showPicture(box);
  }
  return box;
}

function player(kind, file, inline) {
  let made = players.get(inline);
  if (!made) {
    made = el(kind, { class: "player", controls: true, preload: "none", src: inline, "aria-label": file.name });
    made.onerror = () => made.remove(); // its link stays
    players.set(inline, made);
    if (players.size > MOST_PLAYERS) players.delete(players.keys().next().value);
  }
  return made;
}
