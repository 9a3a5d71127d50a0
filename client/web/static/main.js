// The page begins here: sign in if need be, then chat.

import { Chat } from "./chat.js";
import { signOut, whoAmI } from "./http.js";
import { el, fill } from "./dom.js";
import { placeRegions } from "./parts/dialog.js";
import { applyLook } from "./settings/preferences.js";
import { showSignIn, takeCode, takeInvite } from "./sign.js";
import { LANGUAGE, t } from "./texts.js";

const root = el("div", { id: "root" });

async function begin(note = "", out = false) {
  const invite = takeInvite(), code = takeCode();
  let known = {};
  try {
    if (out) await signOut().catch(() => {});
    known = await whoAmI();
  } catch {
    fill(root, el("main", { class: "sign" }, el("p", { role: "alert" }, t("unreachable"), " ", el("button", { type: "button", class: "link", onclick: () => begin(note) }, t("sendAgain")))));
    return;
  }
  if (!known.name || invite || code) await showSignIn(root, { ...known, invite, code, note });
  new Chat(root, ({ text, signIn, out: gone }) => {
    if (signIn) begin(text, gone);
    else fill(root, el("main", { class: "sign" }, el("p", { role: "alert" }, text)));
  });
}

applyLook();
document.documentElement.lang = LANGUAGE;
document.body.replaceChildren(root);
placeRegions();
begin();
