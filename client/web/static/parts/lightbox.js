// One image of the log as large as the page, and the ones before and after it.

import { el, fill, icon, iconButton } from "../dom.js";
import { picture } from "../log/pictures.js";
import { size, t } from "../texts.js";

/** Show the image of a box in the log. Arrow keys go to the others that are there, Esc closes. */
export function showPicture(box) {
  const boxes = [...box.closest("[role=log]").querySelectorAll(".frame-of:enabled")];
  let at = boxes.indexOf(box);
  const image = el("img", { class: "large" });
  const bar = el("div", { class: "bar" });
  const go = (step) => {
    const next = at + step;
    if (next < 0 || next >= boxes.length) return;
    at = next;
    draw();
  };
  const before = iconButton("back", t("imageBefore"), () => go(-1));
  const after = iconButton("back", t("imageAfter"), () => go(1), { class: "turned" });
  const dialog = el("dialog", { class: "lightbox", onclose: () => { dialog.remove(); boxes[at].focus({ preventScroll: true }); },
    onclick: (event) => { if (event.target === dialog || event.target === stage) dialog.close(); },
    onkeydown: (event) => {
      const step = { ArrowLeft: -1, ArrowRight: 1 }[event.key];
      if (step) { event.preventDefault(); event.stopPropagation(); go(step); }
    } });
  const stage = el("div", { class: "stage" }, image);
  dialog.append(bar, stage);
  function draw() {
    const { file, inline, address } = boxes[at].pictured;
    const name = t("image", { name: file.name });
    dialog.setAttribute("aria-label", name);
    image.removeAttribute("src");
    image.alt = name;
    picture(file.hash, inline).then((source) => { if (boxes[at].pictured.file === file) image.src = source; }, () => { image.alt = t("imageFails"); });
    const focused = document.activeElement;
    [before.disabled, after.disabled] = [at === 0, at === boxes.length - 1];
    fill(bar, el("bdi", { class: "clip" }, file.name), el("small", {}, size(file.size)), el("span", { class: "space" }), before, after,
      el("a", { class: "icon", href: address, download: file.name, title: t("saveFile"), "aria-label": `${t("saveFile")}: ${file.name}` }, icon("down")),
      iconButton("close", t("close"), () => dialog.close()));
    if (dialog.contains(focused)) (focused.isConnected && !focused.disabled ? focused : bar.lastChild).focus();
  }
  draw();
  document.body.append(dialog);
  dialog.showModal();
  bar.lastChild.focus();
}
