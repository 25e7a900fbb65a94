// On each page: has the site work without a network, and sends what waits on this device.
/* global outbox */
import "./outbox.js";
import { button, fill, link, notice } from "./notice.js";

const own = document.querySelector("script[data-offline-words]").dataset;
const kept = document.documentElement.dataset.kept; // this page came from the device, not from the server
const RETRY = 60_000;
let told = null;
let timer = null;

// {words, urls} in the language of the page.
function speech() {
  told ??= fetch(own.offlineWords).then((answer) => (answer.ok ? answer.json() : Promise.reject(new Error(answer.statusText))));
  told.catch(() => (told = null));
  return told;
}

async function install() {
  if (!("serviceWorker" in navigator)) return;
  const registration = await navigator.serviceWorker.register(own.worker, { updateViaCache: "none" });
  registration?.waiting?.postMessage("activate");
}

async function send() {
  clearTimeout(timer);
  const { network, next } = await outbox.flush();
  const wait = network ? RETRY : next;
  if (wait !== null) timer = setTimeout(send, wait);
}

async function tellSent({ id, url }) {
  const draft = await outbox.get(id);
  if (!draft || draft.told || document.visibilityState !== "visible") return;
  await outbox.markTold(id);
  const { words, urls } = await speech();
  const actions = [link(url, words.follow, "button"), link(urls.drafts, words.all)];
  notice({ title: words.sent, text: draft.title, tone: "success", actions });
}

async function tellAll() {
  const owner = await outbox.recall("owner");
  for (const draft of await outbox.all()) {
    if (draft.state === "sent" && draft.owner === owner) await tellSent(draft);
  }
}

// A shared phone must not keep one person's drafts for the next.
function guardSignOut(form) {
  form.addEventListener("submit", async (event) => {
    if (form.dataset.cleared) return;
    event.preventDefault();
    const leave = () => {
      form.dataset.cleared = "yes";
      form.requestSubmit(event.submitter);
    };
    const erase = async () => {
      await outbox.clear();
      await outbox.remember("owner", "");
      leave();
    };
    const unsent = (await outbox.all()).filter(({ state }) => state !== "sent");
    if (!unsent.length) {
      await erase();
      return;
    }
    const stay = async () => {
      await outbox.clear(({ state }) => state !== "sent");
      await outbox.remember("owner", "");
      leave();
    };
    const { words } = await speech();
    const back = button(words.stay, () => {
      box.remove();
      form.hidden = false;
      form.querySelector("[type=submit]").focus();
    });
    const actions = [button(words.erase, erase, "button button--primary"), button(words.keep, stay), back];
    const text = fill(words.leaving, { count: unsent.length });
    const box = notice({ title: words.leavingTitle, text, tone: "warning", actions, before: form });
    form.hidden = true;
    actions[0].focus();
  });
}

async function start() {
  install().catch((error) => console.warn(error));
  if (!(await outbox.available())) return;
  if (!kept) await outbox.remember("owner", own.owner);
  for (const form of document.querySelectorAll(`form[action="${own.signOut}"]`)) guardSignOut(form);
  const form = document.querySelector("form[data-offline]");
  const list = document.querySelector("[data-drafts]");
  outbox.listen(({ state, id, url }) => state === "sent" && tellSent({ id, url }));
  addEventListener("online", send);
  document.addEventListener("visibilitychange", () => {
    if (document.visibilityState !== "visible") return;
    tellAll();
    send();
  });
  if (form) (await import("./draft-form.js")).start(form, await speech(), { kept: Boolean(kept), send });
  else if (kept) notice({ text: (await speech()).words.kept });
  if (list) (await import("./drafts-page.js")).start(list, await speech(), { send });
  await tellAll();
  await send();
}

start().catch((error) => console.warn(error));
