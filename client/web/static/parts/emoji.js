// Emoji by name. The usual ones are here; all others come with a table that is fetched when it is needed.

import { keep, keptJson } from "../storage.js";
import { LANGUAGE } from "../texts.js";

const TABLE = `
  😀 grinning 😃 smiley 😄 smile 😁 grin 😆 laughing 😅 sweat_smile 🤣 rofl 😂 joy 🙂 slightly_smiling_face 🙃 upside_down_face
  😉 wink 😊 blush 😍 heart_eyes 😘 kissing_heart 😋 yum 😛 stuck_out_tongue 🤔 thinking 🤨 raised_eyebrow 😐 neutral_face
  😑 expressionless 😏 smirk 😒 unamused 😬 grimacing 😌 relieved 😴 sleeping 😎 sunglasses 🤓 nerd_face 😕 confused 😟 worried
  😮 open_mouth 😲 astonished 😳 flushed 🥺 pleading_face 😢 cry 😭 sob 😱 scream 😫 tired_face 😤 triumph 😠 angry 💀 skull
  🤡 clown_face 🤖 robot 👍 thumbsup 👎 thumbsdown 👌 ok_hand ✌️ v 🤞 crossed_fingers 🤘 metal ☝️ point_up 👉 point_right
  👈 point_left 👇 point_down ✋ raised_hand 👋 wave 👏 clap 🙌 raised_hands 👐 open_hands 🤝 handshake 🙏 pray 💪 muscle
  ✍️ writing_hand 👀 eyes 🧠 brain ❤️ heart 🧡 orange_heart 💛 yellow_heart 💚 green_heart 💙 blue_heart 💜 purple_heart
  🖤 black_heart 💔 broken_heart 💖 sparkling_heart 💯 100 💥 boom 💦 sweat_drops 💨 dash ✨ sparkles ⭐ star 🌟 star2 ⚡ zap
  🔥 fire 🌈 rainbow ☀️ sunny ❄️ snowflake 🎉 tada 🎊 confetti_ball 🎈 balloon 🎁 gift 🏆 trophy 🚀 rocket ✈️ airplane 🚗 car
  🚲 bike 🏠 house ⌛ hourglass ⏰ alarm_clock 📆 calendar 💡 bulb 💻 computer 📱 iphone ☎️ telephone 📧 email 📦 package
  ✏️ pencil2 📝 memo 📌 pushpin 📎 paperclip ✂️ scissors 🔒 lock 🔑 key 🔨 hammer 🔧 wrench ⚙️ gear 🔗 link 🔍 mag 🔔 bell
  🔇 mute 📢 loudspeaker ☕ coffee 🍵 tea 🍺 beer 🍷 wine_glass 🍕 pizza 🍔 hamburger 🍟 fries 🍰 cake 🍪 cookie 🍎 apple
  🍌 banana 🍞 bread 🧀 cheese_wedge 🐶 dog 🐱 cat 🐭 mouse 🐰 rabbit 🦊 fox_face 🐻 bear 🐼 panda_face 🐧 penguin 🐦 bird 🦉 owl
  🐸 frog 🐌 snail 🐛 bug 🐝 bee 🦋 butterfly 🐢 turtle 🐙 octopus 🐳 whale 🌳 deciduous_tree 🍀 four_leaf_clover 🌹 rose
  🌻 sunflower 🌵 cactus 🍄 mushroom ✅ white_check_mark ✔️ heavy_check_mark ❌ x ➕ heavy_plus_sign ❓ question
  ❗ exclamation ⚠️ warning ⛔ no_entry ♻️ recycle ⬆️ arrow_up ⬇️ arrow_down ⬅️ arrow_left ➡️ arrow_right 🔴 red_circle
  🟢 green_circle 🔵 blue_circle 🏁 checkered_flag
`;

/** Pairs of an emoji and its name. */
const EMOJI = [...TABLE.matchAll(/(\S+) (\S+)/g)].map((found) => [found[1], found[2]]);

const USUAL = ["👍", "❤️", "😂", "🎉", "👀", "🙏", "✅", "🚀", "😢"];

const SMALL = EMOJI.map(([emoji, name]) => ({ emoji, codes: [name], label: name.replaceAll("_", " "), words: name, folded: fold(name) }));

let all = null; // by group, when the large table is here
let asked = null;

/** Return a promise of all emoji by group; the table is fetched once, with the names of the page's language. */
export function loadEmoji() {
  asked ??= fetch(new URL(`emoji-${LANGUAGE}.json`, import.meta.url)).then((answer) => (answer.ok ? answer.json() : Promise.reject(new Error(answer.status)))).then((groups) => {
    all = groups.map((group) => group.map(([emoji, codes, words, toned]) => ({ emoji, codes: codes.split(" "), label: words.split("|")[0], words, toned: Boolean(toned), folded: fold(`${codes} ${words}`) })));
    return all;
  });
  asked.catch(() => { asked = null; });
  return asked;
}

function fold(text) { return text.toLowerCase().normalize("NFD").replace(/\p{M}/gu, ""); }

/** Return up to `most` emoji for a text in the order of how well it fits: shortcode, name, other words. */
export function findEmoji(text, most) {
  const wanted = fold(text.trim().replaceAll(":", "")).replaceAll(" ", "_"), spoken = wanted.replaceAll("_", " ");
  const rank = ({ codes, label, folded }) => {
    if (codes.includes(wanted)) return 0;
    if (codes.some((code) => code.startsWith(wanted))) return 1;
    if (fold(label).startsWith(spoken)) return 2;
    if (new RegExp(`(^|[ |_])${spoken.replace(/[^\p{L}\p{N} ]/gu, "\\$&")}`, "u").test(folded)) return 3;
    return folded.includes(spoken) || folded.includes(wanted) ? 4 : 5;
  };
  const ranked = (all?.flat() ?? SMALL).map((one) => [rank(one), one]).filter(([at]) => at < 5);
  return ranked.sort(([one], [other]) => one - other).slice(0, most).map(([, one]) => one);
}

/** The name of an emoji, as far as it is known. */
export function nameOf(emoji) {
  return EMOJI.find(([one]) => one === emoji)?.[1].replaceAll("_", " ") ?? all?.flat().find((one) => one.emoji === emoji)?.label ?? emoji;
}

const TONES = ["", "🏻", "🏼", "🏽", "🏾", "🏿"];

/** The emoji in the skin tone from 0, none, to 5. */
export function inTone({ emoji, toned }, tone) {
  if (!toned || !tone) return emoji;
  const [first, ...rest] = [...emoji].filter((char, at) => !(at === 1 && char === "\ufe0f"));
  return [first, TONES[tone], ...rest].join("");
}

/** The emoji that the person chose last, then usual ones. */
export function recentEmoji(most) {
  const recent = keptJson("chat-emoji");
  return [...new Set([...(Array.isArray(recent) ? recent.filter((one) => typeof one === "string") : []), ...USUAL])].slice(0, most);
}

export function noteEmoji(emoji) { keep("chat-emoji", JSON.stringify([...new Set([emoji, ...recentEmoji(18)])].slice(0, 18))); }

export const tone = () => Number(keptJson("chat-emoji-tone")) || 0;
export const setTone = (wanted) => keep("chat-emoji-tone", JSON.stringify(wanted));
