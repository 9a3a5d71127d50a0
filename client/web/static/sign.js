// Signing in: with a name and a password, as a new user (perhaps by an invite), or as a guest.

import { el, fill } from "./dom.js";
import { signIn } from "./http.js";
import { t } from "./texts.js";

/** Take the invite out of the address, so that it is neither bookmarked nor shared. */
export function takeInvite() {
  const found = /^#invite=(.+)$/.exec(location.hash);
  if (!found) return "";
  history.replaceState(null, "", location.pathname + location.search);
  try { return decodeURIComponent(found[1]); } catch { return found[1]; }
}

/** Show the form until somebody is signed in, and return their name. */
export function showSignIn(root, { title = "Chat", guests = false, sign_up = true, invite: needed = false, invite = "", note = "" }) {
  return new Promise((resolve) => {
    const modes = ["in", ...(sign_up ? ["up"] : []), ...(guests ? ["guest"] : [])];
    show(root, { title, needed, invite, note, modes, mode: invite && sign_up ? "up" : "in", entered: resolve, name: "" });
  });
}

function show(root, given) {
  const { title, needed, invite, note, modes, mode } = given;
  const name = el("input", { class: "field", name: "username", autocomplete: "username", required: true, maxLength: 64, autocapitalize: "none", spellcheck: false, value: given.name });
  const password = el("input", { class: "field", name: "password", type: "password", required: true, autocomplete: mode === "up" ? "new-password" : "current-password" });
  const code = el("input", { class: "field", name: "invite", autocomplete: "off", required: needed, spellcheck: false, value: invite });
  const remember = el("input", { type: "checkbox", name: "remember", checked: true });
  const problem = el("p", { class: "bad", role: "alert", hidden: true });
  const go = el("button", { class: "primary" }, t({ in: "signIn", up: "signUp", guest: "asGuest" }[mode]));
  const form = el("form", { "aria-labelledby": "sign-title" },
    el("img", { class: "mark", src: new URL("icon.svg", import.meta.url).href, alt: "" }),
    el("h1", { id: "sign-title" }, title),
    el("p", { class: "soft" }, note || (mode === "guest" ? t("guestHint") : mode === "up" && invite ? t("invited") : t("welcomeLine"))),
    el("label", {}, t("name"), name),
    mode !== "guest" && el("label", {}, t("password"), password),
    mode === "up" && (needed || invite) && el("label", {}, t("invite"), code),
    mode !== "guest" && el("label", { class: "check" }, remember, t("remember")),
    problem, go, others(root, { ...given, name: () => name.value }, modes.filter((one) => one !== mode)));
  form.onsubmit = async (event) => {
    event.preventDefault();
    go.disabled = true;
    go.textContent = t("wait");
    problem.hidden = true;
    const fields = { name: name.value.trim(), remember: remember.checked && mode !== "guest", guest: mode === "guest", sign_up: mode === "up" };
    if (mode !== "guest") fields.password = password.value;
    if (mode === "up" && code.value.trim()) fields.invite = code.value.trim();
    try {
      const entered = await signIn(fields);
      password.value = "";
      given.entered(entered);
    } catch (error) {
      problem.textContent = error.message || t("unreachable");
      problem.hidden = false;
      go.disabled = false;
      go.textContent = t({ in: "signIn", up: "signUp", guest: "asGuest" }[mode]);
      ({ name, password, invite: code }[error.field] ?? (mode === "guest" ? name : password)).focus();
    }
  };
  fill(root, el("main", { class: "sign" }, form));
  document.title = title;
  (name.value ? password : name).focus();
}

function others(root, given, modes) {
  if (!modes.length) return null;
  const names = { in: "toSignIn", up: "toSignUp", guest: "toGuest" };
  return el("div", { class: "others" }, modes.map((mode) => el("button", {
    type: "button", class: "link", onclick: () => show(root, { ...given, mode, note: "", name: given.name() }),
  }, t(names[mode]))));
}
