// Addresses of the page for conversations and messages, and the clipboard.

import { t } from "../texts.js";
import { toast } from "./dialog.js";

/** The address of a conversation on this page. */
export const linkTo = (name, seq) => new URL(`#${new URLSearchParams(seq ? { c: name, m: seq } : { c: name })}`, document.baseURI).href;

/** Copy a text, and say so. */
export async function copyText(text) {
  try {
    await navigator.clipboard.writeText(text);
    toast(t("copied"));
  } catch {
    toast(t("copyFails"));
  }
}
