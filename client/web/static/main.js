// The page begins here: sign in if need be, then chat.

import { Chat } from "./chat.js";
import { signOut, whoAmI } from "./http.js";
import { el, fill } from "./dom.js";
import { ask, placeRegions } from "./parts/dialog.js";
import { hasLeft, isLeaving, personHere } from "./parts/drafts.js";
import { keepPage } from "./parts/worker.js";
import { applyLook } from "./settings/preferences.js";
import { showSignIn, takeCode, takeInvite } from "./sign.js";
import { LANGUAGE, t } from "./texts.js";

const root = el("div", { id: "root" });

/** Somebody who was here is asked for nothing: the gateway says if they are not signed in any more. */
async function begin(note = "") {
  const invite = takeInvite(), code = takeCode();
  if (!invite && !code && !isLeaving() && personHere()) { chat(); return; }
  let known = {};
  try {
    if (isLeaving()) await leave();
    known = await whoAmI();
  } catch {
    showUnreachable(() => begin(note));
    return;
  }
  const other = known.name && (invite || code); // a link of somebody who may want that the person writes as another one
  if (other && !await ask({ title: t("otherAsk", { name: known.name }), hint: t("otherHint", { who: known.name }), yes: t("otherYes") })) { chat(); return; }
  if (!known.name || other) await showSignIn(root, { ...known, invite, code, note });
  chat();
}

function showUnreachable(again) {
  const once = new AbortController();
  const retry = () => { once.abort(); again(); };
  addEventListener("online", retry, { signal: once.signal });
  fill(root, el("main", { class: "sign" }, el("p", { role: "alert" }, t("unreachable"), " ", el("button", { type: "button", class: "link", onclick: retry }, t("sendAgain")))));
}

/** Sign out. It is done when the gateway has heard it. */
async function leave() {
  await signOut().catch((problem) => { if (!problem.status) throw problem; });
  hasLeft();
}

function chat() {
  new Chat(root, ({ text, signIn }) => {
    if (signIn) begin(text);
    else fill(root, el("main", { class: "sign" }, el("p", { role: "alert" }, text)));
  });
}

applyLook();
document.documentElement.lang = LANGUAGE;
document.body.replaceChildren(root);
placeRegions();
begin();
addEventListener("load", () => (window.requestIdleCallback ?? setTimeout)(keepPage, { timeout: 5_000 }));
