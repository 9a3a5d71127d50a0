// One file on its way to the gateway: in parts, resumed after a loss, and begun again if the gateway has forgotten it.

import { ask, Problem } from "../http.js";
import { t } from "../texts.js";

const LEAST = 64 * 1024, MOST = 1024 * 1024; // bytes of a part, as the connection is slow or fast
const QUICK = 500, SLOW = 3000; // milliseconds of a part
const LONGEST = 8000;
const MOST_BEGUN = 5; // an upload that the gateway forgets so often without any progress has failed

/** Whether the same request may go through later: no answer, a gateway that comes back, or one that is busy. */
const passes = ({ status }) => [0, 401, 408, 429].includes(status) || (status >= 500 && status !== 507);

/** Upload a file and return its id. `told` gets the share that is there, and the id as soon as there is one. */
export async function transfer(file, { id = "", signal, told }) {
  let state = id ? { id } : null, doubt = Boolean(id), part = LEAST, losses = 0, begun = 0;
  for (;;) {
    try {
      if (doubt && state) state = await ask("GET", `files/${state.id}`, undefined, signal);
      doubt = false;
      state ??= await ask("POST", "files", JSON.stringify({ name: file.name, size: file.size, media_type: file.type }), signal);
      const offset = state.offset ?? 0;
      told(file.size ? offset / file.size : 1, state.id);
      if (state.complete) return state.id;
      const at = performance.now();
      state = await ask("PUT", `files/${state.id}?offset=${offset}`, file.slice(offset, offset + part), signal);
      const took = performance.now() - at;
      part = took < QUICK ? Math.min(MOST, part * 2) : took > SLOW ? Math.max(LEAST, part / 2) : part;
      losses = begun = 0;
    } catch (problem) {
      if (!(problem instanceof Problem)) throw problem;
      if (problem.status === 404 && state) {
        if (++begun > MOST_BEGUN) throw problem;
        state = null;
      } else if (problem.status === 409 || passes(problem)) {
        if (problem.status === 0) await readable(file);
        doubt = true;
        await pause(Math.min(LONGEST, 400 * 2 ** losses), signal);
        losses += 1;
      } else throw problem;
    }
  }
}

/** Throw a Problem if the file cannot be read any more: it was moved or changed since it was chosen. */
async function readable(file) {
  try {
    await file.slice(0, 1).arrayBuffer();
  } catch {
    throw new Problem(-1, { text: t("fileChanged", { name: file.name }) });
  }
}

/** Wait, but not when the browser is online again. */
function pause(milliseconds, signal) {
  return new Promise((resolve, reject) => {
    const over = () => {
      clearTimeout(timer);
      removeEventListener("online", over);
      signal.removeEventListener("abort", over);
      if (signal.aborted) reject(signal.reason);
      else resolve();
    };
    const timer = setTimeout(over, milliseconds);
    addEventListener("online", over);
    signal.addEventListener("abort", over);
    if (signal.aborted) over();
  });
}
