// Menus are <details class="st-menu">: they open without this file; here they close, and follow the keyboard.
const openMenus = () => [...document.querySelectorAll("details.st-menu[open]")];

const close = (menu, focus) => {
  menu.open = false;
  if (focus) menu.querySelector("summary").focus();
};

const items = (menu) =>
  [...menu.querySelectorAll(".dropdown-menu :is(a, button, input, select)")].filter(
    (item) => !item.disabled && item.type !== "hidden" && item.offsetParent,
  );

document.addEventListener("click", (event) => {
  const summary = event.target.closest?.("summary");
  if (summary?.getAttribute("aria-disabled") === "true") event.preventDefault();
  for (const menu of openMenus()) {
    const inside = menu.contains(event.target);
    const deed = event.target.closest?.(".dropdown-item");
    if (!inside || (deed && !deed.matches("[data-stay]"))) close(menu, false);
  }
  const dialogButton = event.target.closest?.("[data-close-dialog]");
  if (dialogButton) dialogButton.closest("dialog").close();
  if (event.target.closest?.("[data-help]")) document.getElementById("st-help")?.showModal();
});

document.addEventListener("focusin", (event) => {
  for (const menu of openMenus()) {
    // Pressing a text inside gives the focus to what surrounds the menu: that is not leaving it.
    if (!menu.contains(event.target) && !event.target.contains(menu)) close(menu, false);
  }
});

document.addEventListener("keydown", (event) => {
  const menu = event.target.closest?.("details.st-menu[open]") ?? openMenus().at(-1);
  if (event.key === "Escape" && menu) {
    event.preventDefault();
    close(menu, true);
    return;
  }
  if (event.key === "Escape" && event.target.id === "st-search") {
    event.target.blur();
    return;
  }
  if (event.key === "Escape" && location.hash && document.querySelector(".st-nav:target, .st-filterbar:target")) {
    location.hash = "";
    return;
  }
  if (!menu) {
    const summary = event.target.closest?.("details.st-menu > summary");
    if (summary && event.key === "ArrowDown" && summary.getAttribute("aria-disabled") !== "true") {
      event.preventDefault();
      summary.parentElement.open = true;
      items(summary.parentElement)[0]?.focus();
    }
    return;
  }
  const typing = event.target.matches?.("input, select, textarea");
  if ((event.key === "ArrowDown" || event.key === "ArrowUp") && !typing) {
    event.preventDefault();
    const all = items(menu);
    const step = event.key === "ArrowDown" ? 1 : -1;
    const at = all.indexOf(document.activeElement);
    all[(at + step + all.length) % all.length]?.focus();
    return;
  }
  if (!typing && event.key.length === 1 && !event.ctrlKey && !event.metaKey && !event.altKey) {
    const deed = [...menu.querySelectorAll("[data-key]")].find((item) => item.dataset.key === event.key && !item.disabled);
    if (deed) {
      event.preventDefault();
      event.stopImmediatePropagation();
      deed.click();
    }
  }
});
