// Buttons, selects and modals: the form on the page is the modal's state.
"use strict";

const modal = $("modal");

// --- confirm ---------------------------------------------------------------------------------

function confirmed(element) {
  if (!element.dataset.confirm) return Promise.resolve(true);
  const ask = JSON.parse(element.dataset.confirm);
  const dialog = $("confirm");
  $("confirm-title").textContent = ask.title.text;
  $("confirm-text").textContent = ask.text.text;
  $("confirm-no").textContent = ask.deny.text;
  $("confirm-yes").textContent = ask.confirm.text;
  $("confirm-yes").className = `button ${ask.style || "primary"}`;
  dialog.returnValue = "no";
  dialog.showModal();
  return new Promise((resolve) => {
    dialog.addEventListener("close", () => resolve(dialog.returnValue === "yes"), { once: true });
  });
}

// --- acting ----------------------------------------------------------------------------------

async function act(control, value) {
  const surface = control.closest("form.surface");
  const { block: block_id, action: action_id } = control.dataset;
  if (surface.dataset.view) {
    const fields = new FormData(surface);
    fields.set("~block_id", block_id);
    fields.set("~action_id", action_id);
    if (value !== undefined) fields.set("~value", value);
    await post(`view/${surface.dataset.view}/action`, fields);
    if (surface.closest("#modal")) await lookModal();
  } else {
    const name = `${block_id}|${action_id}`;
    const values = value !== undefined ? [value] : new FormData(surface).getAll(name);
    const fields = new FormData();
    const told = { channel: surface.dataset.channel, ts: surface.dataset.ts, block_id, action_id };
    for (const [key, one] of Object.entries(told)) fields.set(key, one);
    for (const one of values) fields.append("value", one);
    await post("press", fields);
  }
  await look();
}

document.addEventListener("click", async (event) => {
  const control = event.target.closest("[data-press]");
  if (!control || control.ariaBusy === "true") return;
  if (!(await confirmed(control))) return;
  control.ariaBusy = "true";
  try {
    await act(control, control.dataset.value ?? (control.closest(".overflow") ? "" : undefined));
  } finally {
    control.ariaBusy = null;
  }
});

document.addEventListener("change", async (event) => {
  const control = event.target.closest("[data-dispatch]");
  if (!control || event.target.type === "text" || event.target.matches("textarea")) return;
  if (await confirmed(control)) act(control);
});

let pause = null;
document.addEventListener("input", (event) => {
  const control = event.target.closest("[data-dispatch=typing]");
  if (!control) return;
  clearTimeout(pause);
  pause = setTimeout(() => act(control), 400);
});

document.addEventListener("keydown", (event) => {
  // Slack sends a dispatching text input when Enter is pressed, and then does not submit the form.
  if (event.key !== "Enter" || !event.target.matches("input[type=text][data-dispatch]")) return;
  event.preventDefault();
  act(event.target);
});

// --- modals ----------------------------------------------------------------------------------

let turning = null;
let turnAgain = false;

function lookModal() {
  if (turning) { turnAgain = true; return turning; }
  turning = turn().finally(() => {
    turning = null;
    if (turnAgain) { turnAgain = false; lookModal(); }
  });
  return turning;
}

const TEXTS = "input[type=text][name], input[type=number], input[type=email], input[type=url], input[type=date], textarea, select[name]";
const texts = (form) => new Map([...form.querySelectorAll(TEXTS)].map((one) => [one.name, one.value]));

async function turn() {
  // What is typed or picked while the new form is on its way is carried over into it.
  const form = modal.querySelector("form");
  const before = form ? texts(form) : new Map();
  if (form) await post(`view/${form.dataset.view}/keep`, new FormData(form));
  const answer = await fetch(`${base}modal`);
  if (!answer.ok) return;
  const html = (await answer.text()).trim();
  const late = form ? [...texts(form)].filter(([name, value]) => before.get(name) !== value) : [];
  show(html, late);
}

// A form that answers a submission is read from its beginning.
let sent = false;

function show(html, late) {
  if (html === modal.dataset.html && modal.open === Boolean(html)) return;
  const fields = $("fields");
  const old = modal.querySelector("form");
  const kept = { view: old && old.dataset.view, top: fields ? fields.scrollTop : 0, id: "", range: null };
  const active = document.activeElement;
  if (active && modal.contains(active)) {
    kept.id = active.id;
    if (active.selectionStart !== undefined && active.type !== "date") kept.range = [active.selectionStart, active.selectionEnd];
  }
  modal.innerHTML = html;
  modal.dataset.html = html;
  if (!html) { if (modal.open) modal.close(); return; }
  if (!modal.open) modal.showModal();
  const same = modal.querySelector("form").dataset.view === kept.view;
  for (const [name, value] of same ? late : []) {
    const control = modal.querySelector(`[name="${CSS.escape(name)}"]`);
    if (control) control.value = value;
  }
  const wrong = modal.querySelector("[aria-invalid=true]");
  if (wrong && !(old && old.querySelector("[aria-invalid=true]"))) { wrong.focus(); wrong.closest(".field").scrollIntoView({ block: "center" }); return; }
  const stay = same && !sent;
  sent = false;
  $("fields").scrollTop = stay ? kept.top : 0;
  const back = stay && kept.id && $(kept.id);
  const first = modal.querySelector("[autofocus], .fields :is(input:not([type=hidden]), select, textarea, button)");
  const aim = back || first || modal.querySelector("footer button:last-child");
  aim.focus({ preventScroll: same });
  if (back && kept.range && kept.range[0] !== null) aim.setSelectionRange(...kept.range);
}

modal.addEventListener("submit", async (event) => {
  event.preventDefault();
  const form = event.target;
  const button = form.querySelector("footer button[type=submit]");
  if (!button || button.disabled) return;
  button.disabled = true;
  sent = true;
  button.ariaBusy = "true";
  try {
    await post(`view/${form.dataset.view}/submit`, new FormData(form));
  } finally {
    button.disabled = false;
    button.ariaBusy = null;
    modal.dataset.html = "";
    await lookModal();
    look();
  }
});

async function leave(how) {
  const form = modal.querySelector("form");
  if (!form) { modal.close(); return; }
  await post(`view/${form.dataset.view}/close`, { everything: how === "everything" ? "yes" : "" });
  await lookModal();
}

modal.addEventListener("cancel", (event) => { event.preventDefault(); leave("one"); });
modal.addEventListener("click", (event) => {
  const close = event.target.closest("[data-close]");
  if (close) leave(close.dataset.close);
});

// --- external selects: type, choose from what the app offers ---------------------------------

let asked = null;

function options(box) { return [...box.querySelectorAll("[role=option]")]; }

function fold(box) {
  box.querySelector("[role=listbox]").hidden = true;
  const input = box.querySelector("[role=combobox]");
  input.setAttribute("aria-expanded", "false");
  input.removeAttribute("aria-activedescendant");
}

function mark(box, index) {
  options(box).forEach((one, at) => {
    one.setAttribute("aria-selected", at === index);
    if (at === index) {
      one.scrollIntoView({ block: "nearest" });
      box.querySelector("[role=combobox]").setAttribute("aria-activedescendant", one.id);
    }
  });
}

function row(list, role, text, more) {
  const one = document.createElement("li");
  one.setAttribute("role", role);
  one.textContent = text;
  if (more) { const small = document.createElement("small"); small.textContent = more; one.append(small); }
  list.append(one);
  return one;
}

async function ask(box) {
  const input = box.querySelector("[role=combobox]");
  const list = box.querySelector("[role=listbox]");
  if (input.value.length < Number(box.dataset.least)) { fold(box); return; }
  const surface = box.closest("form.surface");
  const fields = new FormData(surface);
  const told = { block_id: box.dataset.block, action_id: box.dataset.action, query: input.value };
  Object.assign(told, surface.dataset.view ? { view: surface.dataset.view } : { channel: surface.dataset.channel, ts: surface.dataset.ts });
  for (const [key, one] of Object.entries(told)) fields.set(key, one);
  const query = input.value;
  const { options: offered } = await post("options", fields);
  if (input.value !== query || !input.isConnected) return;
  list.replaceChildren();
  const add = (option) => {
    const one = row(list, "option", option.text.text, option.description && option.description.text);
    one.id = `${list.id}|${option.value}`;
    one.dataset.value = option.value;
    one.dataset.text = option.text.text;
  };
  for (const one of offered) {
    if (one.options) { row(list, "presentation", one.label.text).className = "group"; one.options.forEach(add); } else add(one);
  }
  if (!offered.length) row(list, "presentation", "No results").className = "group";
  list.hidden = false;
  list.scrollIntoView({ block: "nearest" });
  input.setAttribute("aria-expanded", "true");
  mark(box, 0);
}

function choose(box, option) {
  const chip = document.createElement("span");
  chip.className = "chip";
  const [hidden, label, remove] = ["input", "span", "button"].map((name) => document.createElement(name));
  Object.assign(hidden, { type: "hidden", name: box.dataset.name, value: option.dataset.value });
  label.textContent = option.dataset.text;
  Object.assign(remove, { type: "button", textContent: "✕", ariaLabel: `Remove ${option.dataset.text}` });
  chip.append(hidden, label, remove);
  const held = box.querySelector(".chosen");
  if (box.dataset.multiple) {
    const twice = [...held.querySelectorAll("input")].some((one) => one.value === option.dataset.value);
    if (!twice) held.append(chip);
  } else held.replaceChildren(chip);
  box.querySelector("[role=combobox]").value = "";
  fold(box);
  if (box.dataset.dispatch) act(box);
}

document.addEventListener("input", (event) => {
  const box = event.target.closest(".search");
  if (!box) return;
  clearTimeout(asked);
  asked = setTimeout(() => ask(box), 180);
});
document.addEventListener("focusin", (event) => {
  const box = event.target.closest(".search");
  if (box && event.target.matches("[role=combobox]") && box.dataset.least === "0") ask(box);
});
document.addEventListener("focusout", (event) => {
  const box = event.target.closest(".search");
  if (box) setTimeout(() => fold(box), 150);
});
document.addEventListener("mousedown", (event) => {
  const option = event.target.closest(".search [role=option]");
  if (option) { event.preventDefault(); choose(option.closest(".search"), option); }
});
document.addEventListener("click", (event) => {
  const remove = event.target.closest(".chip button");
  if (!remove) return;
  const box = remove.closest(".search");
  remove.closest(".chip").remove();
  box.querySelector("[role=combobox]").focus();
  if (box.dataset.dispatch) act(box);
});
document.addEventListener("keydown", (event) => {
  const box = event.target.closest && event.target.closest(".search");
  if (!box || !event.target.matches("[role=combobox]")) return;
  const listed = options(box);
  const open = !box.querySelector("[role=listbox]").hidden && listed.length;
  const at = listed.findIndex((one) => one.getAttribute("aria-selected") === "true");
  if (event.key === "ArrowDown" || event.key === "ArrowUp") {
    event.preventDefault();
    if (!open) { ask(box); return; }
    mark(box, (at + (event.key === "ArrowDown" ? 1 : listed.length - 1)) % listed.length);
  } else if (event.key === "Enter") {
    event.preventDefault();
    if (open) choose(box, listed[Math.max(at, 0)]);
  } else if (event.key === "Escape" && open) {
    event.preventDefault();
    event.stopPropagation();
    fold(box);
  } else if (event.key === "Backspace" && !event.target.value) {
    const last = box.querySelector(".chosen .chip:last-child");
    if (last) last.remove();
  }
});

if (modal.querySelector("form")) modal.showModal();
listen(lookModal);
