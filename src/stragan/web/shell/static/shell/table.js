// Rows that can be selected: boxes, ranges, the count with its sum, and the keys that move through them.
// The selection belongs to a view (data-list and its filter); it survives refreshes, pages and reloads of that view.
const VOLATILE = new Set(["page", "size", "sort"]);
let lastBox = null;

const box = () => document.querySelector("[data-list]");
const boxes = (list) => [...list.querySelectorAll(".st-row-check")];
const rowOf = (check) => check.closest("tr");

const viewKey = (list) => {
  const query = [...new URLSearchParams(location.search)].filter(([name, value]) => value && !VOLATILE.has(name));
  return `stragan-selection:${list.dataset.list}?${new URLSearchParams(query.sort())}`;
};

const load = (list) => {
  try {
    return JSON.parse(sessionStorage.getItem(viewKey(list))) ?? { rows: {}, all: false };
  } catch {
    return { rows: {}, all: false };
  }
};

const save = (list, selection) => {
  try {
    sessionStorage.setItem(viewKey(list), JSON.stringify(selection));
  } catch {
    // Without storage the selection lives as long as the page.
  }
};

const sumOf = (rows) => {
  const kept = Object.values(rows).filter(([amount]) => amount !== "");
  const currencies = new Set(kept.map(([, currency]) => currency));
  if (!kept.length || currencies.size !== 1) return "";
  const minor = kept.reduce((total, [amount]) => total + BigInt(amount), 0n);
  const [currency] = currencies;
  const language = document.documentElement.lang;
  const figures = new Intl.NumberFormat(language, {
    minimumFractionDigits: 2,
    useGrouping: "always",
  }).format(Number(minor) / 100);
  return `${figures}\u00a0${currency === "PLN" ? "zł" : currency}`;
};

const show = (list, selection) => {
  const chosen = Object.keys(selection.rows);
  const all = boxes(list);
  for (const check of all) check.checked = selection.all || check.value in selection.rows;
  const ticked = all.filter((check) => check.checked).length;
  for (const head of list.querySelectorAll("[data-select-page]")) {
    head.checked = all.length > 0 && ticked === all.length;
    head.indeterminate = ticked > 0 && ticked < all.length;
  }
  const total = Number(list.dataset.total || 0);
  const count = selection.all ? (selection.count ?? total) : chosen.length;
  // A list that counts no further than to its limit says so itself; a frozen set is counted exactly.
  const figures =
    (selection.all && selection.count === undefined && list.dataset.totalText) ||
    new Intl.NumberFormat(document.documentElement.lang, { useGrouping: "always" }).format(count);
  for (const line of document.querySelectorAll("[data-selection]")) {
    line.toggleAttribute("data-empty", count === 0);
    const words = line.querySelector("[data-selection-text]");
    const sum = selection.all ? "" : sumOf(selection.rows);
    words.textContent = count ? `${words.dataset.some} ${figures}${sum ? ` · ${sum}` : ""}` : words.dataset.none;
    const everything = line.querySelector("[data-select-all]");
    if (everything) everything.hidden = selection.all || total <= chosen.length || !chosen.length;
  }
  for (const control of document.querySelectorAll("[data-needs-selection]")) {
    const off = count === 0;
    if (control.matches("summary")) control.setAttribute("aria-disabled", String(off));
    else control.disabled = off;
    if (off) control.title = control.dataset.needsSelection;
    else control.removeAttribute("title");
  }
};

const keep = (list, checks) => {
  const selection = load(list);
  if (selection.all) {
    // Unticking one of "all" leaves what is on the page.
    selection.all = false;
    delete selection.set;
    delete selection.count;
    selection.rows = {};
    checks = boxes(list);
  }
  for (const check of checks) {
    const { amount = "", currency = "PLN" } = rowOf(check).dataset;
    if (check.checked) selection.rows[check.value] = [amount, currency];
    else delete selection.rows[check.value];
  }
  save(list, selection);
  show(list, selection);
};

const range = (list, from, to, state) => {
  const all = boxes(list);
  const [first, last] = [all.indexOf(from), all.indexOf(to)].sort((a, b) => a - b);
  if (first < 0) return [to];
  const between = all.slice(first, last + 1);
  for (const check of between) check.checked = state;
  return between;
};

// "All" is a frozen set where the list can make one: counted exactly now, and nothing joins it later.
const selectAll = async (list) => {
  const selection = { rows: {}, all: true };
  if (list.dataset.freeze) {
    const body = new URLSearchParams({ query: location.search.slice(1) });
    const token = document.getElementById("st-toasts")?.dataset.csrf ?? "";
    const answer = await fetch(list.dataset.freeze, { method: "POST", body, headers: { "X-CSRFToken": token } }).catch(() => null);
    const frozen = await answer?.json().catch(() => null);
    if (frozen?.error) {
      for (const words of document.querySelectorAll("[data-selection-text]")) words.textContent = frozen.error;
      return;
    }
    if (frozen?.set) Object.assign(selection, { set: frozen.set, count: frozen.count });
  }
  save(list, selection);
  show(list, selection);
};

document.addEventListener("click", (event) => {
  const list = box();
  if (!list) return;
  const check = event.target.closest?.(".st-row-check");
  if (check) {
    keep(list, event.shiftKey && lastBox ? range(list, lastBox, check, check.checked) : [check]);
    lastBox = check;
    return;
  }
  const head = event.target.closest?.("[data-select-page]");
  if (head) {
    for (const each of boxes(list)) each.checked = head.checked;
    keep(list, boxes(list));
    return;
  }
  if (event.target.closest?.("[data-select-all]")) selectAll(list);
  if (event.target.closest?.("[data-select-none]")) {
    const selection = { rows: {}, all: false };
    save(list, selection);
    show(list, selection);
  }
});

// A form that acts on the selection gets the rows of other pages, or the wish for all of them.
document.addEventListener("submit", (event) => {
  const list = box();
  const form = event.target;
  if (!list || form.id !== list.dataset.form) return;
  for (const old of form.querySelectorAll("[data-added]")) old.remove();
  const add = (name, value) => {
    const input = Object.assign(document.createElement("input"), { type: "hidden", name, value });
    input.dataset.added = "";
    form.append(input);
  };
  const selection = load(list);
  const here = new Set(boxes(list).map((check) => check.value));
  if (selection.set) add("set", selection.set);
  else if (selection.all) {
    add("all", "1");
    add("query", location.search.slice(1));
  } else {
    const name = boxes(list)[0]?.name ?? "id";
    for (const id of Object.keys(selection.rows)) if (!here.has(id)) add(name, id);
  }
});

const rows = (list) => [...list.querySelectorAll("tbody tr[data-id]")];
const current = (list) => list.querySelector("tr.is-current");

const move = (list, step) => {
  const all = rows(list);
  if (!all.length) return;
  const at = all.indexOf(current(list));
  const next = all[at < 0 ? (step > 0 ? 0 : all.length - 1) : Math.min(Math.max(at + step, 0), all.length - 1)];
  for (const row of all) row.classList.toggle("is-current", row === next);
  next.scrollIntoView({ block: "nearest" });
  next.querySelector(".st-row-check, a")?.focus({ preventScroll: true });
};

document.addEventListener("keydown", (event) => {
  const list = box();
  const typing = event.target.matches?.("input:not([type=checkbox]), textarea, select, [contenteditable]");
  if (!list || typing || event.defaultPrevented || event.ctrlKey || event.metaKey || event.altKey) return;
  if (document.querySelector("dialog[open], details.st-menu[open]")) return;
  const row = current(list);
  const check = row?.querySelector(".st-row-check");
  const key = event.key.toLowerCase();
  if (key === "j" || key === "k") {
    const before = check;
    move(list, key === "j" ? 1 : -1);
    const reached = current(list)?.querySelector(".st-row-check");
    if (event.shiftKey && before && reached) keep(list, range(list, before, reached, true));
  } else if (key === "x" && check) {
    const checked = !check.checked;
    check.checked = checked;
    keep(list, event.shiftKey && lastBox ? range(list, lastBox, check, checked) : [check]);
    lastBox = check;
  } else if (event.key === "Enter" && row?.dataset.href && !event.target.matches?.("a, button, summary")) {
    location.assign(row.dataset.href);
  } else if (key === "o" && row?.dataset.outside) {
    window.open(row.dataset.outside, "_blank", "noopener");
  } else return;
  event.preventDefault();
});

document.addEventListener("focusin", (event) => {
  const list = box();
  const row = event.target.closest?.("tbody tr[data-id]");
  if (!list || !row || !list.contains(row) || !event.target.matches(":focus-visible")) return;
  for (const other of rows(list)) other.classList.toggle("is-current", other === row);
});

const restore = () => {
  for (const page of document.querySelectorAll("[data-clear-selection]")) {
    for (const key of Object.keys(sessionStorage)) {
      if (key.startsWith(`stragan-selection:${page.dataset.clearSelection}`)) sessionStorage.removeItem(key);
    }
  }
  const list = box();
  if (list) show(list, load(list));
};

document.addEventListener("htmx:after:swap", restore);
document.addEventListener("htmx:after:settle", restore);
window.addEventListener("pageshow", restore);
restore();
