// Questions to the person, and short sentences that go by themselves.

import { el } from "../dom.js";
import { t } from "../texts.js";

/** Show a dialog and return a promise of its fields' texts, or null if it was cancelled. */
export function ask({ title, hint = "", quote = "", prompts = [], secret = false, yes = t("go"), danger = false, values = [], content = [] }) {
  return new Promise((resolve) => {
    const fields = prompts.map((prompt, at) => el("input", { class: "field", "aria-label": prompt, type: secret ? "password" : "text", value: values[at] ?? "", autocomplete: "off" }));
    const before = document.activeElement;
    const done = () => {
      dialog.remove();
      before?.blur(); // else Chromium may leave the caret in the dialog that is gone
      before?.focus({ preventScroll: true });
      resolve(answer);
    };
    const dialog = el("dialog", { "aria-labelledby": "dialog-title", onclose: done },
      el("form", { method: "dialog", onsubmit: () => { answer = fields.map((field) => field.value); } },
        el("h2", { id: "dialog-title" }, title), hint && el("p", { class: "soft" }, hint), quote && el("blockquote", {}, quote), content,
        fields.map((field, at) => el("label", {}, prompts[at] === title ? null : prompts[at], field)),
        el("div", { class: "buttons" },
          yes && el("button", { type: "button", class: "plain", onclick: () => dialog.close() }, t("cancel")),
          el("button", { class: `primary${danger ? " danger" : ""}` }, yes || t("close")))));
    let answer = null;
    document.body.append(dialog);
    dialog.showModal();
    (fields[0] ?? dialog.querySelector(danger ? ".plain" : ".primary")).focus();
    dialog.scrollTop = 0;
  });
}

/** Close all windows that wait for the person, as when their session is over. */
export function closeWindows() {
  for (const open of document.querySelectorAll("dialog[open]")) open.close();
}

const toasts = el("div", { class: "toasts", role: "status" });
const spoken = el("div", { class: "said", role: "status", "aria-live": "polite" });

/** Put the regions for sentences into the document. They must be there before anything is said. */
export const placeRegions = () => document.body.append(toasts, spoken);

/** Show a sentence for a short time; a screen reader says it. */
export function toast(text) {
  if (!text) return;
  const shown = el("p", {}, text);
  toasts.append(shown);
  while (toasts.children.length > 3) toasts.firstChild.remove();
  setTimeout(() => shown.remove(), Math.max(3000, text.length * 70));
}

/** Let a screen reader say something that is not shown here. */
export function speak(text) {
  spoken.textContent = text;
}
