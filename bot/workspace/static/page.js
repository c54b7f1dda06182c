// The page looks again when told "feed" or "modal"; everything else is plain links and forms.
"use strict";

const body = document.body;
const me = body.dataset.user;
const base = `/as/${me}/`;
const $ = (id) => document.getElementById(id);
const known = JSON.parse($("known").textContent);

async function post(path, fields) {
  const data = fields instanceof FormData ? new URLSearchParams(fields) : new URLSearchParams(fields);
  const answer = await fetch(base + path, { method: "POST", body: data });
  if (!answer.ok) throw new Error(`${path}: ${answer.status}`);
  return answer.json();
}

// --- looking again ---------------------------------------------------------------------------

let looking = null;
let again = false;

function look() {
  if (looking) { again = true; return looking; }
  looking = lookOnce().finally(() => {
    looking = null;
    if (again) { again = false; look(); }
  });
  return looking;
}

async function lookOnce() {
  // A person inside a select or menu of the list would lose it: look when they leave it.
  const busy = document.activeElement;
  if (busy && busy.closest("#scroll, #thread-scroll") && busy.matches("select, input, textarea")) {
    busy.addEventListener("blur", () => setTimeout(look, 50), { once: true });
    return;
  }
  const query = new URLSearchParams({ fresh: body.dataset.fresh, thread: body.dataset.thread });
  if (!document.hidden) query.set("seen", "1");
  const answer = await fetch(`${base}${body.dataset.place}/feed?${query}`);
  if (!answer.ok) return;
  const fresh = new DOMParser().parseFromString(await answer.text(), "text/html");
  swap($("side"), fresh.getElementById("side"));
  swap(document.querySelector("#main > .bar"), fresh.querySelector("#main > .bar"));
  swap($("scroll"), fresh.getElementById("scroll"));
  swap($("thread-scroll"), fresh.getElementById("thread-scroll"));
  swap($("notice"), fresh.getElementById("notice"));
}

function swap(old, fresh) {
  if (!old || !fresh || old.dataset.html === fresh.innerHTML) return;
  const atEnd = old.scrollHeight - old.scrollTop - old.clientHeight < 60;
  const focus = document.activeElement && old.contains(document.activeElement) ? document.activeElement.id : "";
  const open = [...old.querySelectorAll("details[open][data-keep]")].map((one) => one.dataset.keep);
  const top = old.scrollTop;
  const html = fresh.innerHTML;
  old.innerHTML = html;
  old.dataset.html = html;
  for (const one of old.querySelectorAll("details[data-keep]")) one.open = open.includes(one.dataset.keep);
  if (focus && $(focus)) $(focus).focus({ preventScroll: true });
  old.scrollTop = atEnd && old.classList.contains("scroll") && !old.classList.contains("home") ? old.scrollHeight : top;
}

// Called when both scripts are there.
function listen(lookModal) {
  const news = new EventSource(base + "news");
  news.addEventListener("feed", look);
  news.addEventListener("modal", lookModal);
  news.addEventListener("open", () => { look(); lookModal(); });
  window.addEventListener("pagehide", () => news.close());
}
document.addEventListener("visibilitychange", () => { if (!document.hidden) look(); });
setInterval(look, 30000);

function settle() {
  for (const id of ["scroll", "thread-scroll"]) {
    const box = $(id);
    if (box && !box.classList.contains("home")) box.scrollTop = box.scrollHeight;
  }
  const wanted = decodeURIComponent(location.hash.slice(1));
  const aim = wanted && ($(wanted) || $("t" + wanted.slice(1)));
  for (const one of [aim, wanted && $("t" + wanted.slice(1))]) {
    if (one) { one.scrollIntoView({ block: "center" }); one.classList.add("aimed"); }
  }
}
settle();

// --- message boxes ---------------------------------------------------------------------------

for (const form of document.querySelectorAll("form.composer")) {
  const box = form.querySelector("textarea");
  const draft = `${me} ${body.dataset.place} ${form.dataset.thread}`;
  box.value = sessionStorage.getItem(draft) || "";
  const grow = () => { box.style.height = "auto"; box.style.height = `${Math.min(box.scrollHeight + 2, 180)}px`; };
  grow();
  box.addEventListener("input", () => { sessionStorage.setItem(draft, box.value); grow(); suggest(box); });
  box.addEventListener("blur", () => setTimeout(hideHints, 150));
  box.addEventListener("keydown", (event) => {
    if (hintKey(event, box)) return;
    if (event.key === "Enter" && !event.shiftKey && !event.isComposing) {
      event.preventDefault();
      form.requestSubmit();
    }
  });
  form.addEventListener("submit", async (event) => {
    event.preventDefault();
    const text = box.value;
    if (!text.trim()) return;
    box.value = "";
    sessionStorage.removeItem(draft);
    grow();
    suggest(box);
    try {
      await post(`${body.dataset.place}/say`, { text, thread_ts: form.dataset.thread });
    } catch {
      box.value = text;
    }
    await look();
    const list = form.parentElement.querySelector(".scroll");
    list.scrollTop = list.scrollHeight;
  });
}

// --- hints: commands after "/", people after "@" ---------------------------------------------

const hints = $("hints");
let picks = [];
let chosen = 0;

function suggest(box) {
  const before = box.value.slice(0, box.selectionStart);
  const usage = $("usage");
  const slash = /^\/\S*$/.exec(before);
  const at = /(?:^|\s)@(\w*)$/.exec(before);
  if (usage && box.id === "box") {
    const index = known.commands.indexOf(box.value.split(/\s/, 1)[0]);
    usage.hidden = index < 0;
    usage.textContent = index < 0 ? "" : `${known.commands[index]} ${known.hints[index]}`;
  }
  picks = [];
  if (slash && box.id === "box") {
    known.commands.forEach((name, index) => {
      if (name.startsWith(slash[0])) {
        picks.push({ insert: name + " ", from: 0, bold: name, hint: known.hints[index], more: known.descriptions[index] });
      }
    });
  } else if (at) {
    known.handles.forEach((handle, index) => {
      const wanted = at[1].toLowerCase();
      if (handle.startsWith(wanted) || known.names[index].toLowerCase().startsWith(wanted)) {
        const from = before.length - at[1].length;
        picks.push({ insert: handle + " ", from, bold: "@" + handle, hint: "", more: known.names[index] });
      }
    });
  }
  drawHints(box);
}

function drawHints(box) {
  hints.replaceChildren();
  hints.hidden = !picks.length;
  chosen = 0;
  picks.forEach((pick, index) => {
    const row = document.createElement("div");
    row.setAttribute("role", "option");
    row.setAttribute("aria-selected", index === chosen);
    const [bold, hint, more] = ["b", "code", "span"].map((name) => document.createElement(name));
    bold.textContent = pick.bold;
    hint.textContent = pick.hint;
    more.textContent = pick.more;
    row.append(bold, ...(pick.hint ? [hint] : []), more);
    row.addEventListener("mousedown", (event) => { event.preventDefault(); take(box, pick); });
    hints.append(row);
  });
  const place = box.closest("form").getBoundingClientRect();
  hints.style.left = `${place.left + 12}px`;
  hints.style.width = `${Math.min(place.width - 24, 620)}px`;
  hints.style.bottom = `${window.innerHeight - place.top + 2}px`;
}

function hideHints() { hints.hidden = true; picks = []; }

function take(box, pick) {
  const end = box.selectionStart;
  box.setRangeText(pick.insert, pick.from, end, "end");
  box.dispatchEvent(new Event("input"));
  hideHints();
}

function hintKey(event, box) {
  if (hints.hidden || !picks.length) return false;
  // A command typed in full is sent by Enter, not completed once more.
  const whole = picks.some((pick) => pick.insert.trim() === box.value.trim());
  if (event.key === "Escape") { hideHints(); return true; }
  if (event.key === "Tab" || (event.key === "Enter" && !whole)) {
    event.preventDefault();
    take(box, picks[chosen]);
    return true;
  }
  if (event.key === "ArrowDown" || event.key === "ArrowUp") {
    event.preventDefault();
    chosen = (chosen + (event.key === "ArrowDown" ? 1 : picks.length - 1)) % picks.length;
    [...hints.children].forEach((row, index) => row.setAttribute("aria-selected", index === chosen));
    return true;
  }
  return false;
}

// --- menus, notices --------------------------------------------------------------------------

document.addEventListener("click", async (event) => {
  const menu = event.target.closest("button.menu");
  const inside = event.target.closest("#side");
  if (menu || !inside) {
    const open = Boolean(menu) && !body.classList.contains("menu-open");
    body.classList.toggle("menu-open", open);
    document.querySelectorAll("button.menu").forEach((one) => one.setAttribute("aria-expanded", open));
    const acting = document.querySelector("details.acting");
    if (menu && menu.classList.contains("me")) acting.open = true;
    else if (!menu) acting.open = false;
    if (open) acting.querySelector("summary").focus();
  }
  for (const one of document.querySelectorAll("details.overflow[open]")) {
    if (!one.contains(event.target)) one.open = false;
  }
  const dismiss = event.target.closest("[data-dismiss]");
  if (dismiss) { await post("dismiss", { ts: dismiss.dataset.dismiss }); look(); }
  const lever = event.target.closest("[data-clock]");
  if (lever) { await post("clock", new URLSearchParams(lever.dataset.clock)); look(); }
  const shortcut = event.target.closest("[data-shortcut]");
  if (shortcut) {
    const { shortcut: callback_id, ts = "" } = shortcut.dataset;
    await post("shortcut", { callback_id, ts, channel: body.dataset.place });
    look();
  }
});

document.addEventListener("keydown", (event) => {
  if (event.key !== "Escape" || document.querySelector("dialog[open]")) return;
  if (body.classList.contains("menu-open")) body.classList.remove("menu-open");
  else if (document.querySelector("details.acting[open]")) document.querySelector("details.acting").open = false;
});
