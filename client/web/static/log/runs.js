// A message's text from its pieces. The signs of the markup are left out where the look says the same.

import { el } from "../dom.js";

const FENCE = /^ {0,3}(`{3,}|~{3,})/;
const QUOTE = /^ {0,3}(> ?)+$/;
const SIGNS = /^[*_~`\\]+$/;
const ADDRESS = /^https?:\/\//i;
const LOOKS = new Set(["bold", "italic", "strike", "code", "link", "quote", "bullet", "mark"]);

/** Return the nodes of a text. `name` is the person's own: where it is mentioned it stands out. */
export function textNodes(pieces, name = "") {
  const parts = [];
  let fenced = false;
  for (const line of lines(pieces)) {
    const kind = kindOf(line, fenced);
    if (kind === "fence") {
      fenced = !fenced;
      if (fenced) parts.push({ kind: "code", nodes: [] });
      continue;
    }
    const open = parts.at(-1);
    const target = open && open.kind === kind ? open : null;
    const nodes = line.map((piece) => pieceNode(piece, kind, name)).filter(Boolean);
    if (target) target.nodes.push(...nodes);
    else parts.push({ kind, nodes });
  }
  return parts.flatMap(({ kind, nodes }) => {
    if (!nodes.length) return [];
    if (kind === "plain") return nodes;
    return kind === "code" ? [el("code", { class: "block" }, nodes)] : [el("q", { class: "block" }, nodes)];
  });
}

/** Split pieces where lines end. Each line keeps its line feed. */
function lines(pieces) {
  const found = [[]];
  for (const piece of pieces) {
    const texts = piece.text.split(/(?<=\n)/);
    texts.forEach((text, at) => {
      if (at || found.at(-1).at(-1)?.text.endsWith("\n")) found.push([]);
      found.at(-1).push({ ...piece, text });
    });
  }
  return found.filter((line) => line.length);
}

function kindOf(line, fenced) {
  const [first] = line;
  const marked = first.styles?.includes("mark");
  if (line.length === 1 && marked && FENCE.test(first.text)) return "fence";
  if (fenced) return "code";
  return (marked && QUOTE.test(first.text)) || line.some((piece) => piece.styles?.includes("quote")) ? "quote" : "plain";
}

function pieceNode({ text, styles = [], link = "" }, kind, name) {
  const looks = styles.filter((style) => LOOKS.has(style) && !(kind === "code" && style === "code"));
  if (looks.includes("mark") && (SIGNS.test(text) || (kind === "quote" && QUOTE.test(text)))) return null;
  const classes = looks.filter((look) => look !== "link" && !(kind === "quote" && look === "quote")).map((look) => `r-${look}`).join(" ");
  if (link && ADDRESS.test(link)) {
    return el("a", { href: link, target: "_blank", rel: "noopener noreferrer nofollow", class: classes }, text);
  }
  if (!classes) return name && !styles.length ? withMentions(text, name) : document.createTextNode(text);
  return el(looks.includes("code") ? "code" : "span", { class: classes }, text);
}

/** Mark where a plain text mentions the person. */
function withMentions(text, name) {
  const wanted = [`@${name}`, "@here", "@all"].map((one) => one.toLowerCase());
  const parts = text.split(/(@[\p{L}\p{M}\p{Nd}_~-]+)/u);
  if (!parts.some((part) => wanted.includes(part.toLowerCase()))) return document.createTextNode(text);
  return el("span", {}, parts.map((part) => (wanted.includes(part.toLowerCase()) ? el("strong", { class: "r-mention" }, part) : part)));
}

/** The text of a message, as it was written if it is the person's own, without its looks. */
export const textOf = (said) => said.text || (said.pieces ?? []).map((piece) => piece.text).join("");

/** The text of a message in one line, without the signs of its markup. */
export const excerptOf = (said) => (said.pieces ?? []).filter(({ styles }) => !styles?.includes("mark")).map((piece) => piece.text).join("");
