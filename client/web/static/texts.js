// The page's texts in English and German. Each key has both; a new language is one more column.

const TEXTS = {
  // signing in
  signIn: ["Sign in", "Anmelden"],
  signUp: ["Create an account", "Konto anlegen"],
  asGuest: ["Come in as a guest", "Als Gast eintreten"],
  name: ["Name", "Name"],
  password: ["Password", "Passwort"],
  invite: ["Invitation", "Einladung"],
  invited: ["You are invited. Choose a name and a password.", "Du bist eingeladen. Wähle einen Namen und ein Passwort."],
  remember: ["Stay signed in on this browser", "In diesem Browser angemeldet bleiben"],
  toSignIn: ["I have an account", "Ich habe ein Konto"],
  toSignUp: ["Create an account", "Konto anlegen"],
  toGuest: ["Look around as a guest", "Als Gast umsehen"],
  guestHint: ["A guest needs no password. The name is free again when you leave.", "Ein Gast braucht kein Passwort. Der Name ist wieder frei, wenn du gehst."],
  wait: ["One moment…", "Einen Moment…"],
  unreachable: ["The chat does not answer. Try again in a moment.", "Der Chat antwortet nicht. Versuche es gleich noch einmal."],
  welcomeLine: ["Talk with your team, from here or from a terminal.", "Sprich mit deinem Team, von hier oder aus einem Terminal."],
  // the frame
  conversations: ["Conversations", "Unterhaltungen"],
  joinRoom: ["Join a room or write to someone", "Einen Raum betreten oder jemandem schreiben"],
  joinHint: ["#room or @name", "#raum oder @name"],
  go: ["Go", "Los"],
  noticesOn: ["Let this browser call me", "Dieser Browser soll mich rufen"],
  noticesAre: ["This browser calls you when something is meant for you.", "Dieser Browser ruft dich, wenn etwas für dich ist."],
  noticesOff: ["The browser does not allow it. Change that beside the address of the page.", "Der Browser erlaubt es nicht. Ändere das neben der Adresse der Seite."],
  signOutAsk: ["Sign out of this browser? Drafts that it keeps are forgotten.", "In diesem Browser abmelden? Entwürfe, die er behält, werden vergessen."],
  answers: ["Fill this in", "Fülle das aus"],
  yes: ["Yes", "Ja"],
  signOut: ["Sign out", "Abmelden"],
  backToList: ["Back to the conversations", "Zurück zu den Unterhaltungen"],
  members: ["Members", "Mitglieder"],
  memberCount: ["{n} members", "{n} Mitglieder"],
  search: ["Search", "Suchen"],
  searchHere: ["Search in {where}", "In {where} suchen"],
  searchAll: ["Everywhere", "Überall"],
  nothingFound: ["Nothing found.", "Nichts gefunden."],
  olderHits: ["Older ones", "Ältere"],
  toDay: ["Go to a day", "Zu einem Tag"],
  sessions: ["My sessions", "Meine Sitzungen"],
  thisOne: ["this one", "diese"],
  connected: ["connected", "verbunden"],
  seenAt: ["last seen {when}", "zuletzt {when}"],
  proofKey: ["Client with a key", "Client mit Schlüssel"],
  proofGateway: ["Browser or other gateway", "Browser oder anderes Gateway"],
  proofName: ["Client with a name only", "Client nur mit Namen"],
  endSession: ["End it", "Beenden"],
  endSessionAsk: ["End this session? The device is signed out.", "Diese Sitzung beenden? Das Gerät wird abgemeldet."],
  pins: ["Pinned", "Angeheftet"],
  noPins: ["Nothing is pinned here.", "Hier ist nichts angeheftet."],
  thread: ["Thread", "Faden"],
  close: ["Close", "Schließen"],
  keys: ["Keys", "Tasten"],
  noTopic: ["No topic", "Kein Thema"],
  setTopic: ["Set the topic", "Thema setzen"],
  direct: ["Direct conversation", "Direkte Unterhaltung"],
  unreadOne: ["1 unread message", "1 ungelesene Nachricht"],
  unread: ["{n} unread messages", "{n} ungelesene Nachrichten"],
  mentionedOne: ["1 mentions you", "1 erwähnt dich"],
  mentioned: ["{n} mention you", "{n} erwähnen dich"],
  online: ["online", "online"],
  away: ["away", "abwesend"],
  offline: ["offline", "offline"],
  owner: ["owner", "Besitzer"],
  moderator: ["moderator", "Moderator"],
  bot: ["bot", "Bot"],
  guest: ["guest", "Gast"],
  operator: ["operator", "Betreiber"],
  you: ["you", "du"],
  // the connection
  trying: ["The connection is lost. Trying again…", "Die Verbindung ist weg. Neuer Versuch…"],
  kept: ["What you write is kept and sent when it is back.", "Was du schreibst, wird behalten und später gesendet."],
  ended: ["You are signed out.", "Du bist abgemeldet."],
  plain: ["This page comes over plain http. Others in the network can read along, and files, copying and notices may not work. Use https.",
    "Diese Seite kommt über einfaches http. Andere im Netz können mitlesen, und Kopieren und Hinweise gehen vielleicht nicht. Nimm https."],
  // the log
  log: ["Messages in {where}", "Nachrichten in {where}"],
  beginning: ["This is where {where} begins.", "Hier beginnt {where}."],
  beginningDirect: ["This is where your conversation with {who} begins.", "Hier beginnt deine Unterhaltung mit {who}."],
  loading: ["Loading older messages…", "Ältere Nachrichten werden geladen…"],
  gap: ["There are more messages here", "Hier sind mehr Nachrichten"],
  loadGap: ["Load them", "Laden"],
  newMessages: ["New", "Neu"],
  jumpNewest: ["To the newest", "Zu den neuesten"],
  jumpNew: ["{n} new, to the newest", "{n} neue, zu den neuesten"],
  today: ["Today", "Heute"],
  yesterday: ["Yesterday", "Gestern"],
  edited: ["edited", "geändert"],
  deleted: ["This message was deleted.", "Diese Nachricht wurde gelöscht."],
  pinnedBy: ["pinned", "angeheftet"],
  replyToMissing: ["In reply to an earlier message", "Antwort auf eine frühere Nachricht"],
  someone: ["someone", "jemand"],
  // one message
  react: ["React", "Reagieren"],
  reply: ["Reply", "Antworten"],
  more: ["More", "Mehr"],
  edit: ["Edit", "Ändern"],
  delete: ["Delete", "Löschen"],
  pin: ["Pin", "Anheften"],
  unpin: ["Unpin", "Lösen"],
  copy: ["Copy the text", "Text kopieren"],
  copyLink: ["Copy a link to it", "Link darauf kopieren"],
  copied: ["Copied.", "Kopiert."],
  copyFails: ["The browser does not allow copying here.", "Der Browser erlaubt das Kopieren hier nicht."],
  openThread: ["Open the thread", "Faden öffnen"],
  whoHas: ["Who has it", "Wer sie hat"],
  deleteAsk: ["Delete this message for everyone?", "Diese Nachricht für alle löschen?"],
  deleteHint: ["Its text and files are gone for good. That there was a message stays visible.", "Text und Dateien sind dann endgültig weg. Dass es eine Nachricht gab, bleibt sichtbar."],
  cancel: ["Cancel", "Abbrechen"],
  reactedBy: ["{reaction}: {who}", "{reaction}: {who}"],
  andMore: ["and {n} more", "und {n} weitere"],
  pickReaction: ["Choose a reaction", "Reaktion wählen"],
  otherReaction: ["Another emoji or short word", "Anderes Emoji oder kurzes Wort"],
  // receipts
  sending: ["sending", "wird gesendet"],
  accepted: ["sent", "gesendet"],
  delivered: ["delivered", "zugestellt"],
  read: ["read", "gelesen"],
  deliveredTo: ["delivered to {n} of {of}", "bei {n} von {of}"],
  readBy: ["read by {n}", "von {n} gelesen"],
  deliveredNames: ["Delivered: {who}", "Zugestellt: {who}"],
  readNames: ["Read: {who}", "Gelesen: {who}"],
  refused: ["Not sent: {why}", "Nicht gesendet: {why}"],
  sendAgain: ["Try again", "Noch einmal"],
  putBack: ["Put back", "Zurückholen"],
  // the composer
  message: ["Message", "Nachricht"],
  messageTo: ["Message to {where}", "Nachricht an {where}"],
  attach: ["Attach file", "Datei anhängen"],
  send: ["Send", "Senden"],
  replyingTo: ["Reply to {who}", "Antwort an {who}"],
  editing: ["Edit your message", "Deine Nachricht ändern"],
  stopReply: ["Do not reply", "Nicht antworten"],
  stopEdit: ["Leave it as it was", "So lassen wie es war"],
  removeFile: ["Remove {name}", "{name} entfernen"],
  dropHere: ["Drop files to attach them", "Dateien hier ablegen"],
  tooBig: ["{name} is larger than {most}.", "{name} ist größer als {most}."],
  tooLong: ["A message has at most {n} characters. Make it shorter or attach it as a file.", "Eine Nachricht hat höchstens {n} Zeichen. Kürze sie oder hänge sie als Datei an."],
  tooMany: ["A message has at most {n} files.", "Eine Nachricht hat höchstens {n} Dateien."],
  noFiles: ["This chat takes no files from you.", "Dieser Chat nimmt von dir keine Dateien an."],
  uploadFails: ["{name} did not arrive. Try it again.", "{name} kam nicht an. Versuche es noch einmal."],
  typing1: ["{a} is typing…", "{a} schreibt…"],
  typing2: ["{a} and {b} are typing…", "{a} und {b} schreiben…"],
  typingAll: ["{who} are typing…", "{who} schreiben…"],
  typingMany: ["Several people are typing…", "Mehrere schreiben…"],
  choices: ["What fits", "Was passt"],
  image: ["Image {name}", "Bild {name}"],
  showImage: ["Show the image", "Bild zeigen"],
  // announcements
  saidIn: ["{who} in {where}: {text}", "{who} in {where}: {text}"],
  // keys
  keyEnter: ["Send", "Senden"],
  keyBreak: ["Break the line", "Neue Zeile"],
  keyUp: ["Edit your last message (with nothing typed)", "Deine letzte Nachricht ändern (wenn nichts getippt ist)"],
  keySelect: ["Choose a message; then ↑ ↓ move", "Eine Nachricht auswählen; dann ↑ ↓"],
  keyIn: ["On a message: reply, react, edit, delete, pin, thread, copy, who has it", "Auf einer Nachricht: antworten, reagieren, ändern, löschen, anheften, Faden, kopieren, wer sie hat"],
  keyMove: ["Next or previous conversation", "Nächste oder vorige Unterhaltung"],
  keyActive: ["Next conversation where something waits", "Nächste Unterhaltung, in der etwas wartet"],
  keySwitch: ["Go to a room or a person by name", "Raum oder Person nach Namen"],
  keySearch: ["Search here", "Hier suchen"],
  keyEsc: ["Close, or leave what was begun", "Schließen oder Begonnenes lassen"],
  keySlash: ["Commands, as in the terminal: /help lists them", "Befehle wie im Terminal: /help zählt sie auf"],
};

const language = (navigator.languages ?? [navigator.language]).find((one) => /^(de|en)/i.test(one)) ?? "en";
const column = /^de/i.test(language) ? 1 : 0;

/** The tag of the language that the page speaks. */
export const LANGUAGE = column ? "de" : "en";

/** Return a text with its values. */
export function t(key, values = {}) {
  return TEXTS[key][column].replace(/\{(\w+)\}/g, (whole, name) => (name in values ? String(values[name]) : whole));
}

const times = new Intl.DateTimeFormat(language, { hour: "2-digit", minute: "2-digit", hour12: false });
const days = new Intl.DateTimeFormat(language, { weekday: "long", day: "numeric", month: "long" });
const years = new Intl.DateTimeFormat(language, { day: "numeric", month: "long", year: "numeric" });
const whole = new Intl.DateTimeFormat(language, { dateStyle: "full", timeStyle: "medium" });

/** HH:MM of a time in Unix milliseconds. */
export const clock = (at) => times.format(at);

/** Day and time in words. */
export const moment = (at) => whole.format(at);

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
  return (new Date(at).getFullYear() === now.getFullYear() ? days : years).format(at);
}

/** A size in bytes, rounded. */
export function size(bytes) {
  const units = ["B", "KB", "MB", "GB"];
  let at = 0;
  while (bytes >= 1000 && at < 3) { bytes /= 1000; at += 1; }
  return `${new Intl.NumberFormat(language, { maximumFractionDigits: bytes < 10 && at ? 1 : 0 }).format(bytes)} ${units[at]}`;
}

/** Names as a list in words. */
export const list = (names) => new Intl.ListFormat(language).format(names);
