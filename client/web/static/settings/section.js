// A part of the settings, with its heading.

import { el } from "../dom.js";
import { t } from "../texts.js";

/** A section. `where` says where its settings are kept. */
export function section(title, where, ...children) {
  const id = `set-${title}`;
  return el("section", { class: "set", "aria-labelledby": id }, el("h2", { id }, t(title)), where && el("p", { class: "soft where" }, t(where)), children.flat(Infinity));
}
