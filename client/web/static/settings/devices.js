// The person's devices: sessions, listed and ended, and codes for another device.

import { drawing, el, fill } from "../dom.js";
import { ask, toast } from "../parts/dialog.js";
import { copyText } from "../parts/links.js";
import { shortMoment, t } from "../texts.js";

const PROOFS = { key: "proofKey", gateway: "proofGateway" };

/** Show the sessions in the panel. */
export async function showSessions(panel) {
  const still = panel.stays();
  const again = () => { if (still()) showSessions(panel); };
  panel.title.textContent = t("sessions");
  const end = async (question, several) => {
    if (!await ask({ title: question, yes: t("endSession"), danger: true })) return;
    for (const { session } of several) await panel.ask("end-session", { session }).catch((refused) => toast(refused.message));
    again();
  };
  try {
    const { sessions } = await panel.ask("sessions");
    if (!still()) return;
    const others = sessions.filter((one) => !one.current);
    const listed = [...sessions.filter((one) => one.current), ...others.sort((one, other) => other.seen - one.seen)];
    fill(panel.inside, el("ul", {}, listed.map((one) => el("li", { class: `session${one.current ? " own" : ""}` },
      el("p", {}, el("strong", {}, t(PROOFS[one.proof] ?? "proofName")), one.current ? el("span", { class: "soft" }, ` · ${t("thisOne")}`) : null),
      one.address && el("p", { class: "soft" }, one.address),
      el("p", { class: "soft" }, one.connected ? t("connected") : t("seenAt", { when: shortMoment(one.seen) })),
      el("p", { class: "soft" }, t("sessionSince", { when: shortMoment(one.since) })),
      one.fingerprint && el("p", { class: "soft key" }, t("keyOf", { key: one.fingerprint })),
      one.current ? null : el("button", { type: "button", class: "link", onclick: () => end(t("endSessionAsk"), [one]) }, t("endSession"))))),
    others.length > 1 && el("p", { class: "more" }, el("button", { type: "button", class: "plain bad", onclick: () => end(t("endOthersAsk", { n: others.length }), others) }, t("endOthers"))));
  } catch (refused) {
    if (still()) panel.refused(refused);
  }
}

const QUIET = 4; // modules of light around a code, as its standard wants it

/** Draw a QR code from rows of 0 and 1. */
function qrPicture(modules) {
  const side = modules.length + 2 * QUIET;
  const runs = modules.flatMap((row, y) => [...row.matchAll(/1+/g)].map((run) => `M${run.index + QUIET} ${y + QUIET}h${run[0].length}v1h-${run[0].length}z`));
  return drawing(side, runs.join(""), { class: "qr", role: "img", "aria-label": t("qrCode") });
}

const LOCAL = /^(localhost|127\.[\d.]+|\[?::1\]?)$/i;

/** Show the form for a code of another device, and then the code. */
export function showLink(panel) {
  const { store } = panel, still = panel.stays();
  panel.title.textContent = t("linkDevice");
  if (store.me.guest || !store.me.abilities.includes("account")) {
    panel.say(t(store.me.guest ? "linkGuest" : "linkByTerminal"));
    return;
  }
  const password = el("input", { class: "field", type: "password", autocomplete: "current-password", required: true });
  const kinds = [["terminal", "linkTerminal"], ["browser", "linkBrowser"]].map(([value, words], at) => {
    const radio = el("input", { type: "radio", name: "device", value, checked: at === 0 });
    return { radio, label: el("label", { class: "check" }, radio, t(words)) };
  });
  const problem = el("p", { class: "bad", role: "alert", hidden: true });
  const go = el("button", { class: "primary" }, t("showCode"));
  const form = el("form", { class: "link-form" }, el("p", { class: "soft" }, t("linkHint")), el("fieldset", {}, el("legend", {}, t("linkKind")), kinds.map((one) => one.label)),
    el("input", { type: "text", autocomplete: "username", value: store.me.name, hidden: true, readOnly: true }), el("label", {}, t("password"), password), problem, go);
  form.onsubmit = async (event) => {
    event.preventDefault();
    const browser = kinds[1].radio.checked;
    go.disabled = true;
    problem.hidden = true;
    try {
      const fields = { current: password.value, browser };
      if (browser && !LOCAL.test(location.hostname)) fields.page = new URL("./", document.baseURI).href;
      const said = await panel.ask("link-device", fields);
      if (still()) showCode(panel, said, browser);
    } catch (refused) {
      problem.textContent = refused.message || t("trying");
      problem.hidden = false;
      go.disabled = false;
      password.select();
    }
    password.value = "";
  };
  fill(panel.inside, form);
  password.focus();
}

function showCode(panel, { code, seconds, address = "", modules = [] }, browser) {
  const still = panel.stays(), until = Date.now() + seconds * 1000;
  const left = el("p", { class: "soft" });
  const command = address && !browser ? `chat-client --connect '${address}'` : "";
  const anew = () => el("button", { type: "button", class: "plain", onclick: () => { if (still()) showLink(panel); } }, t("anotherCode"));
  const shown = el("div", { class: "link-code" },
    el("p", {}, t(browser ? "codeInBrowser" : "codeInTerminal")),
    el("p", { class: "big", "aria-label": [...code].join(" ") }, `${code.slice(0, 4)} ${code.slice(4)}`), left,
    modules.length ? [qrPicture(modules), el("p", { class: "soft" }, t(browser ? "scanBrowser" : "scanTerminal"))] : null,
    command && [el("code", { class: "block" }, command), el("p", {}, el("button", { type: "button", class: "plain", onclick: () => copyText(command) }, t("copyCommand"))), LOCAL.test(new URL(address.replace("chat:", "http:")).hostname) && el("p", { class: "soft" }, t("onlyHere"))],
    el("p", { class: "soft" }, t("codeSecret")));
  const end = (...words) => { clearInterval(timer); over.abort(); if (still()) fill(panel.inside, el("div", { class: "link-code", role: "status" }, words, el("p", {}, anew()))); };
  const tick = () => {
    if (!shown.isConnected) { clearInterval(timer); over.abort(); return; }
    const rest = Math.max(0, Math.round((until - Date.now()) / 1000));
    left.textContent = t("codeLeft", { time: `${Math.floor(rest / 60)}:${String(rest % 60).padStart(2, "0")}` });
    if (!rest) end(el("p", {}, t("codeLate")));
  };
  const timer = setInterval(tick, 1000);
  const over = new AbortController();
  panel.store.addEventListener("device-linked", ({ detail }) => end(el("p", {}, el("strong", {}, t("codeUsed"))), el("p", { class: "soft" }, detail.text)), { signal: over.signal });
  fill(panel.inside, shown);
  tick();
}
