// The WebSocket to the gateway: questions with a ref and their answers, and coming back after a loss.

const FIRST = 300, LONGEST = 10_000;
const SILENCE = 90_000; // the gateway says something every 45 seconds

/** A text that no other page has chosen: the time, and 96 random bits. */
function token() {
  return Date.now().toString(36) + Array.from(crypto.getRandomValues(new Uint8Array(12)), (byte) => byte.toString(16).padStart(2, "0")).join("");
}

/** What the gateway refused, with its sentence. `code` is for the page. */
class Refused extends Error {
  constructor(text, code = "") {
    super(text);
    this.code = code;
  }
}

export class Connection {
  #socket = null;
  #waiting = new Map();
  #delay = FIRST;
  #timer = 0;
  #number = 0;
  #life = token();
  #over = false;
  #opened = false;
  #welcomed = false;

  /** `take(document)` gets all that comes; `changed(up, refused)` is told when the socket opens, or is lost or not let in. */
  constructor({ take, changed }) {
    this.take = take;
    this.changed = changed;
    this.soon = () => { if (document.visibilityState === "visible") this.#again(); };
    addEventListener("online", this.soon);
    document.addEventListener("visibilitychange", this.soon);
    this.watch = setInterval(() => { if (this.#socket?.readyState === WebSocket.OPEN && Date.now() - this.heard > SILENCE) this.#drop(); }, 10_000);
  }

  /** Whether the gateway takes questions: it has said its welcome, and what waited goes before what comes. */
  get up() { return this.#welcomed && this.#socket?.readyState === WebSocket.OPEN; }

  newRef() { return `${this.#life}-${++this.#number}`; }

  open() {
    if (this.#over || (this.#socket && this.#socket.readyState <= WebSocket.OPEN)) return;
    clearTimeout(this.#timer);
    const address = new URL("socket", document.baseURI);
    address.protocol = address.protocol === "https:" ? "wss:" : "ws:";
    const socket = this.#socket = new WebSocket(address);
    this.#opened = this.#welcomed = false;
    socket.onopen = () => { this.#opened = true; this.heard = Date.now(); this.#delay = FIRST; this.changed(true); };
    socket.onmessage = (event) => { for (const line of event.data.split("\n")) this.#took(JSON.parse(line)); };
    socket.onclose = () => this.#lost(socket);
  }

  /** Ask, and return a promise of the answer. Without a connection it is refused at once. */
  ask(type, fields = {}, ref = this.newRef()) {
    return new Promise((resolve, reject) => {
      if (!this.up) { reject(new Refused("")); return; }
      this.#waiting.set(ref, { resolve, reject });
      this.#socket.send(JSON.stringify({ type, ref, ...fields }));
    });
  }

  /** Say something that is not answered. It is lost if there is no connection. */
  tell(type, fields = {}) {
    if (this.up) this.#socket.send(JSON.stringify({ type, ref: this.newRef(), ...fields }));
  }

  end() {
    this.#over = true;
    clearTimeout(this.#timer);
    clearInterval(this.watch);
    removeEventListener("online", this.soon);
    document.removeEventListener("visibilitychange", this.soon);
    this.#socket?.close();
  }

  #took(said) {
    this.heard = Date.now();
    this.#welcomed ||= said.type === "welcome";
    if (said.type === "beat") { this.tell("alive"); return; }
    this.take(said);
    const waiting = said.type !== "notice" && said.ref !== undefined && this.#waiting.get(said.ref);
    if (!waiting) return;
    this.#waiting.delete(said.ref);
    if (said.type === "refused") waiting.reject(new Refused(said.text, said.code));
    else waiting.resolve(said);
  }

  #lost(socket) {
    if (socket !== this.#socket) return;
    for (const { reject } of this.#waiting.values()) reject(new Refused(""));
    this.#waiting.clear();
    if (this.#over) return;
    this.changed(false, !this.#opened);
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => this.open(), this.#delay * (0.7 + Math.random() * 0.6));
    this.#delay = Math.min(LONGEST, this.#delay * 2);
  }

  /** Leave a socket from which nothing comes: its `onclose` could take another minute. */
  #drop() {
    const socket = this.#socket;
    socket.onmessage = socket.onclose = null;
    socket.close();
    this.#lost(socket);
  }

  #again() {
    if (this.#socket?.readyState > WebSocket.OPEN) { this.#delay = FIRST; this.open(); }
  }
}
