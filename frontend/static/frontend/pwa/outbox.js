// What this device keeps for later, and how it leaves: the same for pages and for the service worker, which not every
// browser lets import modules. Hence a plain script; it gives `self.outbox`.
//
// A draft: {id, kind, action, page, session, owner, entries, title, state, created, changed, attempts, after, errors,
// url, sent, told}. `id` is the number of its form (`submission`): the server makes one thing of it however often it
// comes. `state` is "draft" (being written), "queued" (to send), "fix" (the server wants a correction) or "sent".
// Its photos lie apart, as [{field, name, blob, token, at}], so that a keystroke does not write them again.
/* global proofOfWork */
(() => {
  const NAME = "parvis-outbox";
  const HOUR = 3600 * 1000;
  const DAY = 24 * HOUR;
  const EXPIRES = 30 * DAY; // a report older than this says perhaps what is no longer so: its writer decides
  const DROPPED = 90 * DAY; // after the last change
  const TITLE_KEPT = 7 * DAY; // after sending; then the link alone stays
  const PHOTO_HELD = 12 * HOUR; // the server holds a photo that came before its form for a day
  const PATIENCE = 3 * 60 * 1000; // for one answer, on a slow network with three photos
  const BUSY = 10 * 60 * 1000;
  const local = new EventTarget();
  const channel = "BroadcastChannel" in self ? new BroadcastChannel(NAME) : null;
  let opening = null;

  function open() {
    opening ??= new Promise((done, fail) => {
      const request = indexedDB.open(NAME, 1);
      request.onupgradeneeded = () => {
        request.result.createObjectStore("drafts", { keyPath: "id" });
        for (const name of ["photos", "device"]) request.result.createObjectStore(name);
      };
      request.onerror = () => fail(request.error);
      request.onsuccess = () => {
        request.result.onversionchange = () => {
          request.result.close();
          opening = null;
        };
        done(request.result);
      };
    }).catch((error) => {
      opening = null;
      throw error;
    });
    return opening;
  }

  // Resolves with the result of the request that `act` makes once everything is on the disk.
  async function work(names, mode, act) {
    const database = await open();
    return new Promise((done, fail) => {
      const transaction = database.transaction(names, mode, { durability: "strict" });
      const stores = names.map((name) => transaction.objectStore(name));
      const request = act(...stores);
      transaction.oncomplete = () => done(request?.result);
      transaction.onabort = () => fail(transaction.error);
    });
  }

  const get = (id) => work(["drafts"], "readonly", (drafts) => drafts.get(id));
  const photos = async (id) => (await work(["photos"], "readonly", (store) => store.get(id))) ?? [];
  const recall = (key) => work(["device"], "readonly", (device) => device.get(key));
  const remember = (key, value) => work(["device"], "readwrite", (device) => device.put(value, key));

  async function all() {
    const found = await work(["drafts"], "readonly", (drafts) => drafts.getAll());
    return found.sort((one, other) => other.created - one.created);
  }

  // Changes a draft in one transaction. `alter` gets it, or undefined, and returns what is to stand there; undefined
  // leaves everything as it is, null takes it away. `pictures` takes the place of its photos where given.
  async function change(id, alter, pictures) {
    let after;
    let changed = true;
    await work(["drafts", "photos"], "readwrite", (drafts, store) => {
      const request = drafts.get(id);
      request.onsuccess = () => {
        after = alter(request.result);
        if (after === undefined) {
          after = request.result;
          changed = false;
          return;
        }
        if (after) drafts.put(after);
        else drafts.delete(id);
        if (!after || after.state === "sent") store.delete(id);
        else if (pictures) store.put(pictures, id);
      };
      return request;
    });
    if (changed) tell({ id, state: after?.state ?? null, url: after?.url ?? null });
    return after;
  }

  function tell(news) {
    local.dispatchEvent(new CustomEvent("change", { detail: news }));
    channel?.postMessage(news);
  }

  // Calls `heard({id, state, url})` when a draft changes, whoever changed it.
  function listen(heard) {
    local.addEventListener("change", ({ detail }) => heard(detail));
    channel?.addEventListener("message", ({ data }) => heard(data));
  }

  // Keeps what is being written. What waits to be sent, or has been, is not touched by a form left open elsewhere.
  const keep = (draft, pictures) =>
    change(
      draft.id,
      (now) => {
        if (["queued", "sent"].includes(now?.state)) return undefined;
        return { ...now, ...draft, state: "draft", errors: [], created: now?.created ?? Date.now(), changed: Date.now() };
      },
      pictures,
    );

  // From now on it is to be sent; what has been sent stays so.
  const queue = (draft, pictures) =>
    change(
      draft.id,
      (now) => {
        if (now?.state === "sent") return undefined;
        const fresh = { state: "queued", errors: [], attempts: 0, after: 0, changed: Date.now() };
        return { ...now, ...draft, ...fresh, created: now?.created ?? Date.now() };
      },
      pictures,
    );

  // Takes a draft back into a form: it is not sent meanwhile. Resolves with it as it is then.
  const edit = (id) =>
    exclusive(() => change(id, (now) => (now && now.state !== "sent" ? { ...now, state: "draft" } : undefined)));

  // Sends it now, for whoever is signed in now, however old it is.
  const again = (id, owner) =>
    change(id, (now) =>
      now && now.state !== "sent" ? { ...now, owner, state: "queued", created: Date.now(), attempts: 0, after: 0 } : undefined,
    );

  const remove = (id) => change(id, () => null);

  // Whether it falls to the caller to say that it was sent: to one only, of all that hear of it at once.
  async function claimTelling(id) {
    let mine = false;
    await change(id, (now) => {
      mine = Boolean(now && !now.told);
      return mine ? { ...now, told: true } : undefined;
    });
    return mine;
  }

  // Leaves only what `stays` says.
  async function clear(stays = () => false) {
    for (const draft of await all()) if (!stays(draft)) await remove(draft.id);
  }

  const expired = (draft) => draft.state === "queued" && Date.now() - draft.created > EXPIRES;

  async function tidy() {
    const now = Date.now();
    for (const draft of await all()) {
      if (draft.state === "sent") {
        if (draft.title && now - draft.sent > TITLE_KEPT) await change(draft.id, (one) => one && { ...one, title: "" });
      } else if (now - draft.changed > (draft.state === "draft" ? EXPIRES : DROPPED)) {
        await remove(draft.id);
      }
    }
  }

  // One at a time on this device: pages and worker wait for each other. Without locks the server still makes one of it.
  const exclusive = (act) => (navigator.locks ? navigator.locks.request(NAME, act) : act());

  // Sends what waits. `id` names one, which leaves whatever it waits for. Resolves with {network, next}: whether
  // something stayed for want of a network, and when (in milliseconds) it is worth trying again.
  function flush({ id = null } = {}) {
    return exclusive(async () => {
      await tidy();
      const left = { network: false, next: null };
      for (const draft of await all()) {
        if (draft.state !== "queued" || (id ?? draft.id) !== draft.id || (id === null && expired(draft))) continue;
        const wait = id === null ? draft.after - Date.now() : 0;
        const outcome = wait > 0 ? { after: draft.after } : await deliver(draft);
        if (outcome.network) left.network = true;
        if (outcome.after) left.next = Math.min(left.next ?? Infinity, Math.max(outcome.after - Date.now(), 1000));
      }
      return left;
    });
  }

  async function deliver(draft) {
    let answer;
    let found;
    try {
      const session = await whose(draft.session);
      if (session.owner !== draft.owner) return {};
      const pictures = await photos(draft.id);
      answer = await post(draft, pictures, session.token);
      if (answer.status === 403) answer = await post(draft, pictures, (await whose(draft.session)).token);
      found = parse(await answer.text());
      // Many send at this moment: the server asks for a little work first, and says where.
      if (found?.challenge) {
        answer = await post(draft, pictures, session.token, await proofOfWork(found.challenge));
        found = parse(await answer.text());
      }
    } catch (error) {
      if (!error.status) return { network: true };
      answer = error;
    }
    return settle(draft, answer, found);
  }

  async function settle(draft, answer, found) {
    const { status } = answer;
    const url = found?.url ?? (answer.redirected ? answer.url : null);
    if (answer.ok && url) {
      const { id, kind, owner, title, created } = draft;
      const sent = { id, kind, owner, title, created, state: "sent", url, sent: Date.now(), told: false };
      await change(id, (now) => (now ? sent : undefined));
      return {};
    }
    if (status === 403 || status === 429 || status >= 500) {
      const attempts = (draft.attempts ?? 0) + 1;
      const asked = Number(answer.headers.get("Retry-After")) * 1000;
      const pause = status === 429 ? asked || BUSY : Math.max(asked || 0, Math.min(30_000 * 2 ** (attempts - 1), HOUR));
      const after = Date.now() + pause;
      await change(draft.id, (now) => (now?.state === "queued" ? { ...now, attempts, after, status } : undefined));
      return { after };
    }
    const errors = Object.values(found?.errors ?? {}).flat().map(String);
    await change(draft.id, (now) => (now?.state === "queued" ? { ...now, state: "fix", errors, status } : undefined));
    return {};
  }

  function parse(text) {
    try {
      return JSON.parse(text);
    } catch {
      return null;
    }
  }

  // {token, owner} of this browser as the server knows it.
  async function whose(address) {
    const answer = await fetch(address, { cache: "no-store", headers: { Accept: "application/json" }, ...patience(30_000) });
    if (!answer.ok) throw answer;
    const session = await answer.json();
    await remember("owner", session.owner);
    return session;
  }

  // A proof that the page had is sent too: empty, it would ask for a confirmation by mail.
  function post(draft, pictures, token, proof = "") {
    const body = new FormData();
    for (const [name, value] of draft.entries) if (name !== "proof") body.append(name, value);
    const made = proof || draft.entries.find(([name]) => name === "proof")?.[1];
    if (made) body.append("proof", made);
    for (const { field, name, blob, token: kept, at } of pictures) {
      if (kept && Date.now() - at < PHOTO_HELD) body.append("photo_tokens", kept);
      else body.append(field, blob, name);
    }
    const headers = { Accept: "application/json", "X-CSRFToken": token };
    return fetch(draft.action, { method: "POST", headers, body, ...patience(PATIENCE) });
  }

  const patience = (time) => (AbortSignal.timeout ? { signal: AbortSignal.timeout(time) } : {});

  // Whether this browser can keep anything at all (some cannot in private windows).
  async function available() {
    try {
      await open();
      return typeof FormData === "function" && "randomUUID" in crypto;
    } catch {
      return false;
    }
  }

  self.outbox = {
    NAME, again, all, available, claimTelling, clear, edit, expired, flush, get, keep, listen, photos, queue, recall, remember,
    remove, whose,
  };
})();
