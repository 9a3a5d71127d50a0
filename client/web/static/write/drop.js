// Files that are dragged onto the page or pasted: which of them are files, and what they are called.

import { el } from "../dom.js";
import { toast } from "../parts/dialog.js";
import { stamp, t } from "../texts.js";

const hasFiles = (event) => [...(event.dataTransfer?.types ?? [])].includes("Files");

/** Return the files of a drop or a paste. Folders are none; a sentence says so. */
export function filesOf(transfer) {
  const found = [];
  let folder = false;
  for (const item of transfer.items) {
    if (item.kind !== "file") continue;
    if (item.webkitGetAsEntry?.()?.isDirectory) folder = true;
    else if (item.getAsFile()) found.push(item.getAsFile());
  }
  if (folder) toast(t("noFolders"));
  return found;
}

/** Return the files of a paste; a picture of a screen gets a name that says when it was made. */
export function pastedFiles(transfer) {
  if (!transfer?.files?.length || transfer.getData("text/plain").trim()) return []; // a text with its picture is a text
  return filesOf(transfer).map((file) => (/^image\.\w+$/.test(file.name)
    ? new File([file], `${t("pastedName", { when: stamp(Date.now()) })}${file.name.slice(5)}`, { type: file.type, lastModified: file.lastModified }) : file));
}

/** Let files be dropped onto `place`. Elsewhere on the page nothing happens to them: the browser would leave for the file. */
export function takeDrops(place, { allowed, take, signal }) {
  const hint = el("div", { class: "drop", hidden: true }, t("dropHere"));
  place.append(hint);
  const over = (event) => {
    if (!hasFiles(event)) return;
    event.preventDefault();
    const here = allowed() && place.contains(event.target);
    event.dataTransfer.dropEffect = here ? "copy" : "none";
    hint.hidden = !here;
  };
  addEventListener("dragover", over, { signal });
  addEventListener("dragleave", (event) => { if (!event.relatedTarget) hint.hidden = true; }, { signal });
  addEventListener("drop", (event) => {
    hint.hidden = true;
    if (!hasFiles(event)) return;
    event.preventDefault();
    if (allowed() && place.contains(event.target)) take(filesOf(event.dataTransfer));
  }, { signal });
}
