// The emoji of the picker and of `:name:` in the composer: a table that needs no network.

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

/** Pairs of an emoji and its name, in the order of the picker. */
export const EMOJI = [...TABLE.matchAll(/(\S+) (\S+)/g)].map((found) => [found[1], found[2]]);

/** The ones that are offered first. */
export const USUAL = ["👍", "❤️", "😂", "🎉", "👀", "🙏", "✅", "🚀", "😢"];

/** Return up to `most` pairs whose names have the text, those that begin with it first. */
export function findEmoji(text, most) {
  const wanted = text.toLowerCase();
  const found = EMOJI.filter(([, name]) => name.includes(wanted));
  found.sort((one, other) => other[1].startsWith(wanted) - one[1].startsWith(wanted));
  return found.slice(0, most);
}
