// Signing in: with a name and a password, as a new user (perhaps by an invite), or as a guest.

import { el, fill } from "./dom.js";
import { signIn } from "./http.js";
import { t } from "./texts.js";

const LEAST = 8; // characters of a new password, as the broker wants it

/** Take the invite out of the address, so that it is neither bookmarked nor shared. */
export function takeInvite() {
  const found = /^#invite=(.+)$/.exec(location.hash);
  if (!found) return "";
  history.replaceState(null, "", location.pathname + location.search);
  try { return decodeURIComponent(found[1]); } catch { return found[1]; }
}

/** The invite in what was typed: itself, or a whole address that has it. */
function inviteIn(text) {
  const found = /[#?&]invite=([^&#\s]+)/.exec(text)?.[1] ?? text;
  try { return decodeURIComponent(found); } catch { return found; }
}

/** Take a code of another device out of the address, where its QR code has put it. */
export function takeCode() {
  const found = /^#code=([A-Z0-9]{8})$/i.exec(location.hash);
  if (found) history.replaceState(null, "", location.pathname + location.search);
  return found?.[1] ?? "";
}

/** Show the form until somebody is signed in, and return their name. */
export function showSignIn(root, { title = "Chat", guests = false, sign_up = true, invite: needed = false, codes = false, invite = "", code = "", note = "" }) {
  return new Promise((resolve) => {
    const modes = ["in", ...(sign_up ? ["up"] : []), ...(codes ? ["code"] : []), ...(guests ? ["guest"] : [])];
    show(root, { title, needed, invite, code, note, modes, mode: code && codes ? "code" : invite && sign_up ? "up" : "in", entered: resolve, name: "" });
  });
}

function show(root, given) {
  const { title, needed, invite, note, modes, mode } = given;
  const words = { in: "signIn", up: "signUp", guest: "asGuest", code: "signIn" };
  const linked = mode === "code";
  const name = el("input", { class: "field", name: "username", autocomplete: "username", required: !linked, maxLength: 64, autocapitalize: "none", spellcheck: false, value: given.name });
  const password = el("input", { class: "field", name: "password", type: "password", required: true, autocomplete: mode === "up" ? "new-password" : "current-password", ...(mode === "up" ? { minLength: LEAST, placeholder: t("passwordLeast", { n: LEAST }) } : {}) });
  const code = el("input", { class: "field", name: "invite", autocomplete: "off", required: needed, spellcheck: false, value: invite });
  const link = el("input", { class: "field code", name: "code", autocomplete: "one-time-code", required: linked, spellcheck: false, autocapitalize: "characters", maxLength: 20, value: given.code });
  const remember = el("input", { type: "checkbox", name: "remember", checked: true });
  const problem = el("p", { class: "bad", role: "alert", hidden: true });
  const go = el("button", { class: "primary" }, t(words[mode]));
  const form = el("form", { "aria-labelledby": "sign-title" },
    el("img", { class: "mark", src: new URL("icon.svg", import.meta.url).href, alt: "" }),
    el("h1", { id: "sign-title" }, title),
    el("p", { class: "soft" }, note || (linked ? t("codeHint") : mode === "guest" ? t("guestHint") : mode === "up" && invite ? t("invited") : t("welcomeLine"))),
    linked ? el("label", {}, t("code"), link) : el("label", {}, t("name"), name),
    mode !== "guest" && !linked && el("label", {}, t("password"), password),
    mode === "up" && (needed || invite) && el("label", {}, t("invite"), code),
    mode !== "guest" && el("label", { class: "check" }, remember, t("remember")),
    problem, go, others(root, { ...given, name: () => name.value }, modes.filter((one) => one !== mode)));
  form.onsubmit = async (event) => {
    event.preventDefault();
    go.disabled = true;
    go.textContent = t("wait");
    problem.hidden = true;
    const fields = linked ? { code: link.value, remember: remember.checked }
      : { name: name.value.trim(), remember: remember.checked && mode !== "guest", guest: mode === "guest", sign_up: mode === "up" };
    if (mode !== "guest" && !linked) fields.password = password.value;
    if (mode === "up" && code.value.trim()) fields.invite = inviteIn(code.value.trim());
    try {
      const entered = await signIn(fields);
      password.value = "";
      given.entered(entered);
    } catch (error) {
      problem.textContent = error.message || t("unreachable");
      problem.hidden = false;
      go.disabled = false;
      go.textContent = t(words[mode]);
      (linked ? link : { name, password, invite: code }[error.field] ?? (mode === "guest" ? name : password)).focus();
    }
  };
  fill(root, el("main", { class: "sign" }, form));
  document.title = title;
  (linked ? (link.value ? go : link) : name.value ? password : name).focus();
}

function others(root, given, modes) {
  if (!modes.length) return null;
  const names = { in: "toSignIn", up: "toSignUp", guest: "toGuest", code: "toCode" };
  return el("div", { class: "others" }, modes.map((mode) => el("button", {
    type: "button", class: "link", onclick: () => show(root, { ...given, mode, note: "", name: given.name() }),
  }, t(names[mode]))));
}
