// Elements of the document by plain calls. Text only ever becomes a text node.

/** Make an element: properties (on* are listeners, aria-*, data-* and role are attributes), then children. */
export function el(name, properties = {}, ...children) {
  const made = document.createElement(name);
  for (const [key, value] of Object.entries(properties)) {
    if (value === undefined || value === null || value === false) continue;
    if (key.startsWith("on")) made.addEventListener(key.slice(2), value);
    else if (key === "class") made.className = value;
    else if (/^(aria-|data-|role$|for$|maxlength$|inputmode$|enterkeyhint$|autocapitalize$)/.test(key)) made.setAttribute(key, value);
    else made[key] = value;
  }
  made.append(...children.flat().filter((child) => child !== null && child !== undefined && child !== false));
  return made;
}

/** Make a button with a name for people who do not see its sign. */
export function iconButton(sign, label, onclick, properties = {}) {
  return el("button", { type: "button", "aria-label": label, title: label, onclick, ...properties, class: `icon ${properties.class ?? ""}` },
    icon(sign));
}

const SVG = "http://www.w3.org/2000/svg";
const PATHS = {
  at: "M16 12a4 4 0 1 1-8 0 4 4 0 0 1 8 0zM16 8v5.5a2.5 2.5 0 0 0 5 0V12a9 9 0 1 0-3.5 7.1",
  attach: "M20 11.5l-8.5 8.5a5.5 5.5 0 0 1-7.8-7.8l9-9a3.7 3.7 0 0 1 5.2 5.2l-9 9a1.8 1.8 0 0 1-2.6-2.6l8.3-8.3",
  bell: "M6 16V11a6 6 0 0 1 12 0v5l1.5 2h-15zM10 21h4",
  back: "M15 5l-7 7 7 7",
  close: "M6 6l12 12M18 6L6 18",
  down: "M12 5v14M6 13l6 6 6-6",
  file: "M14 3H7a2 2 0 0 0-2 2v14a2 2 0 0 0 2 2h10a2 2 0 0 0 2-2V8zM14 3v5h5",
  keys: "M9.5 9.5a2.5 2.5 0 1 1 3.4 2.3c-.6.3-.9.8-.9 1.7M12 17v.2M12 3a9 9 0 1 0 0 18 9 9 0 0 0 0-18z",
  leave: "M14 4h4a2 2 0 0 1 2 2v12a2 2 0 0 1-2 2h-4M10 8l-4 4 4 4M6 12h9",
  members: "M9 11a3.5 3.5 0 1 0 0-7 3.5 3.5 0 0 0 0 7zM2.5 20a6.5 6.5 0 0 1 13 0M16 4.3a3.5 3.5 0 0 1 0 6.4M18 14.5a6.5 6.5 0 0 1 3.5 5.5",
  more: "M4.3 12a.7.7 0 1 0 1.4 0a.7.7 0 1 0-1.4 0M11.3 12a.7.7 0 1 0 1.4 0a.7.7 0 1 0-1.4 0M18.3 12a.7.7 0 1 0 1.4 0a.7.7 0 1 0-1.4 0",
  muted: "M8.5 6.2A6 6 0 0 1 18 11v5l1.5 2H8M6 11v5l-1.5 2M10 21h4M4 4l16 16",
  pin: "M9 4h6l-1 6 3 3v2H7v-2l3-3zM12 15v6",
  plus: "M12 5v14M5 12h14",
  react: "M12 21a9 9 0 1 0 0-18 9 9 0 0 0 0 18zM8.5 14a4.2 4.2 0 0 0 7 0M9 9.5v.2M15 9.5v.2",
  reply: "M10 6l-6 6 6 6M4 12h9a7 7 0 0 1 7 7",
  rooms: "M9 4L7 20M17 4l-2 16M4 9h17M3 15h17",
  search: "M10.5 17a6.5 6.5 0 1 0 0-13 6.5 6.5 0 0 0 0 13zM15.5 15.5L21 21",
  send: "M4 12l16-8-5 16-3.5-6.5z",
  thread: "M5 5h14v10H10l-5 4z",
};

/** Draw one of the page's signs. It is hidden from screen readers: its button has the name. */
export function icon(sign) {
  if (!ICONS.has(sign)) ICONS.set(sign, drawing(24, PATHS[sign], { "aria-hidden": "true" }));
  return ICONS.get(sign).cloneNode(true);
}

const ICONS = new Map(); // what was drawn once is copied

/** Return a drawing of one path in a square of `side` units. */
export function drawing(side, path, attributes = {}) {
  const drawn = document.createElementNS(SVG, "svg"), line = document.createElementNS(SVG, "path");
  for (const [key, value] of Object.entries({ viewBox: `0 0 ${side} ${side}`, ...attributes })) drawn.setAttribute(key, value);
  line.setAttribute("d", path);
  drawn.append(line);
  return drawn;
}

/** The sign of a file: the ending of its name, or a sheet. It is hidden from screen readers, which read the name. */
export function fileSign(name) {
  const [, ending] = /\.([a-z0-9]{1,4})$/i.exec(name) ?? [];
  return ending ? el("span", { class: "ending", "aria-hidden": "true" }, ending.toUpperCase()) : icon("file");
}

/** Replace an element's children. */
export function fill(element, ...children) {
  element.replaceChildren(...children.flat().filter((child) => child !== null && child !== undefined && child !== false));
  return element;
}

const KEPT = new WeakMap(); // by list: its children by key, each with what it was made of

/** Let a list have a child for each `[key, value]`, made by `make(value)`. If the value is the same, the child stays. */
export function keep(list, entries, make) {
  const before = KEPT.get(list) ?? new Map(), now = new Map();
  KEPT.set(list, now);
  for (const [key, value] of entries) {
    const version = JSON.stringify(value), known = before.get(key);
    now.set(key, known?.version === version ? known : { version, child: make(value) });
  }
  for (const [key, known] of before) if (now.get(key) !== known) known.child.remove();
  let next = list.firstChild;
  for (const { child } of now.values()) {
    if (child === next || (next && child === next.nextSibling)) next = child.nextSibling; // one that is passed over comes later
    else list.insertBefore(child, next);
  }
}

/** The hue of a name: one of twelve classes of the style sheet, the same in each browser. */
export function hue(name) {
  let sum = 0;
  for (const char of name.toLowerCase()) sum = (sum * 31 + char.codePointAt(0)) >>> 0;
  return `hue${sum % 12}`;
}
