// The page's texts in English and German. Each key has both; a new language is one more column.

import { kept } from "./storage.js";
import { FILES } from "./words/files.js";
import { FRAME } from "./words/frame.js";
import { LOG } from "./words/log.js";
import { OWN } from "./words/own.js";
import { ROOMS } from "./words/rooms.js";

const TEXTS = { ...FRAME, ...LOG, ...ROOMS, ...FILES, ...OWN };

const language = kept("chat-set:language") || ((navigator.languages ?? [navigator.language]).find((one) => /^(de|en)/i.test(one)) ?? "en");
const column = /^de/i.test(language) ? 1 : 0;

/** The tag of the language that the page speaks. */
export const LANGUAGE = column ? "de" : "en";

/** Return a text with its values. */
export function t(key, values = {}) {
  return TEXTS[key][column].replace(/\{(\w+)\}/g, (whole, name) => (name in values ? String(values[name]) : whole));
}

/** How many members a room has, in words. */
export const memberWords = (n) => (n === 1 ? t("memberOne") : t("memberCount", { n }));

/** Return a function that makes something when it is first wanted: each format of Intl costs the start some time. */
export const once = (make) => {
  let made;
  return () => (made ??= make());
};

const days = once(() => new Intl.DateTimeFormat(language, { weekday: "long", day: "numeric", month: "long" }));
const years = once(() => new Intl.DateTimeFormat(language, { day: "numeric", month: "long", year: "numeric" }));
const whole = once(() => new Intl.DateTimeFormat(language, { dateStyle: "full", timeStyle: "medium", hourCycle: "h23" }));
const short = once(() => new Intl.DateTimeFormat(language, { dateStyle: "medium", timeStyle: "short", hourCycle: "h23" }));
const lists = once(() => new Intl.ListFormat(language));
const two = (number) => String(number).padStart(2, "0");

/** HH:MM of a time in Unix milliseconds. */
export function clock(at) {
  const date = new Date(at);
  return `${two(date.getHours())}:${two(date.getMinutes())}`;
}

/** Day and time in words. */
export const moment = (at) => whole().format(new Date(at));

/** Day and time, shorter. */
export const shortMoment = (at) => short().format(new Date(at));

/** A number that differs between days. */
export function dayOf(at) {
  const date = new Date(at);
  return date.getFullYear() * 10000 + date.getMonth() * 100 + date.getDate();
}

/** The day in words: today, yesterday, or its date. */
export function dayName(at) {
  const day = dayOf(at), now = new Date();
  if (day === dayOf(now)) return t("today");
  if (day === dayOf(new Date(now.getFullYear(), now.getMonth(), now.getDate() - 1))) return t("yesterday");
  return (new Date(at).getFullYear() === now.getFullYear() ? days : years)().format(at);
}

/** The short name of a day of the week; Monday is 0. */
export const dayShort = (day) => new Intl.DateTimeFormat(language, { weekday: "short", timeZone: "UTC" }).format(new Date(Date.UTC(2024, 0, 1 + day)));

/** Day and time as a part of a file's name. */
export function stamp(at) {
  const date = new Date(at), parts = [date.getMonth() + 1, date.getDate(), date.getHours(), date.getMinutes(), date.getSeconds()].map(two);
  return `${date.getFullYear()}-${parts[0]}-${parts[1]} ${parts[2]}.${parts[3]}.${parts[4]}`;
}

/** A size in bytes, rounded. */
export function size(bytes) {
  const units = ["B", "KB", "MB", "GB"];
  let at = 0;
  while (bytes >= 1000 && at < 3) { bytes /= 1000; at += 1; }
  return `${new Intl.NumberFormat(language, { maximumFractionDigits: bytes < 10 && at ? 1 : 0 }).format(bytes)} ${units[at]}`;
}

/** Names as a list in words. */
export const list = (names) => lists().format(names);
