// Keys that work on every page: search, help, jumps, and menus that carry data-shortcut.
let waitsForJump = 0;

const visible = (element) => element && element.offsetParent !== null;

const search = () => {
  const field = document.getElementById("st-search");
  field?.focus();
  field?.select();
};

// Ctrl+K: one box for everything. Its link leads to the page that works without this file.
const everywhere = () => {
  const dialog = document.getElementById("st-everywhere");
  if (!dialog || dialog.open) return;
  for (const menu of document.querySelectorAll("details.st-menu[open]")) menu.open = false;
  dialog.showModal();
  const field = document.getElementById("st-everywhere-q");
  field.focus();
  field.select();
  field.dispatchEvent(new CustomEvent("st-open"));
};

document.addEventListener("click", (event) => {
  if (!event.target.closest?.("[data-everywhere]")) return;
  event.preventDefault();
  everywhere();
});

document.addEventListener("keydown", (event) => {
  const box = event.target.closest?.(".st-everywhere");
  if (!box) return;
  const hits = [...box.querySelectorAll("[data-hit]")];
  const at = hits.indexOf(document.activeElement);
  if (event.key === "ArrowDown" || event.key === "ArrowUp") {
    event.preventDefault();
    const next = at + (event.key === "ArrowDown" ? 1 : -1);
    if (next < 0) box.querySelector("input[type=search]").focus();
    else hits[Math.min(next, hits.length - 1)]?.focus();
  } else if (event.key === "Enter" && at < 0 && box.matches("dialog") && hits.length) {
    event.preventDefault();
    location.assign(hits[0].href);
  }
});

const press = (element) => {
  if (element.matches("summary")) {
    if (element.getAttribute("aria-disabled") === "true") return;
    element.parentElement.open = true;
    element.parentElement.querySelector(".dropdown-menu :is(a, button):not([disabled])")?.focus();
  } else if (!element.disabled) element.click();
};

document.addEventListener("keydown", (event) => {
  if ((event.ctrlKey || event.metaKey) && event.key.toLowerCase() === "k") {
    event.preventDefault();
    if (!document.querySelector("dialog[open]")) everywhere();
    return;
  }
  const typing = event.target.matches?.("input:not([type=checkbox]):not([type=radio]), textarea, select, [contenteditable]");
  if (typing || event.defaultPrevented || event.ctrlKey || event.metaKey || event.altKey) return;
  if (document.querySelector("dialog[open], details.st-menu[open]")) return;
  const jump = waitsForJump > Date.now() - 1500;
  waitsForJump = 0;
  if (jump) {
    const link = document.querySelector(`a[data-go="${CSS.escape(event.key)}"]`);
    if (link) {
      event.preventDefault();
      location.assign(link.href);
    }
    return;
  }
  if (event.key === "g") waitsForJump = Date.now();
  else if (event.key === "/") {
    event.preventDefault();
    search();
  } else if (event.key === "?") {
    event.preventDefault();
    document.getElementById("st-help")?.showModal();
  } else {
    const target = [...document.querySelectorAll(`[data-shortcut="${CSS.escape(event.key)}"]`)].find(visible);
    if (target) {
      event.preventDefault();
      press(target);
    }
  }
});
