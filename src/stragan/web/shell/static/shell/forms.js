// Small comforts of forms; each form also works without them.
document.addEventListener("change", (event) => {
  const field = event.target.closest?.("[data-autosubmit]");
  if (field) field.form.requestSubmit();
});

// <form data-track-changes="#changes">: counts fields that differ from what is saved, and warns before leaving.
const changed = (form) =>
  [...form.elements].filter((field) => {
    if (!field.name || field.type === "hidden" || field.type === "submit") return false;
    if (field.type === "checkbox" || field.type === "radio") return field.checked !== field.defaultChecked;
    if (field.options) return [...field.options].some((option) => option.selected !== option.defaultSelected);
    return field.value !== field.defaultValue;
  });

const count = (form) => {
  const shown = document.querySelector(form.dataset.trackChanges);
  const names = new Set(changed(form).map((field) => field.name));
  if (shown) {
    shown.hidden = names.size === 0;
    const figure = shown.querySelector("[data-count]");
    if (figure) figure.textContent = names.size;
  }
  return names.size;
};

document.addEventListener("input", (event) => {
  const form = event.target.form;
  if (form?.matches("[data-track-changes]")) count(form);
});
document.addEventListener("reset", (event) => {
  if (event.target.matches("[data-track-changes]")) setTimeout(() => count(event.target));
});
document.addEventListener("submit", (event) => {
  if (event.target.matches("[data-track-changes]")) event.target.dataset.leaving = "1";
});
window.addEventListener("beforeunload", (event) => {
  for (const form of document.querySelectorAll("form[data-track-changes]:not([data-leaving])")) {
    if (count(form)) event.preventDefault();
  }
});

document.addEventListener("click", (event) => {
  const copy = event.target.closest?.("[data-copy]");
  if (copy) navigator.clipboard?.writeText(copy.dataset.copy);
  const eye = event.target.closest?.("[data-reveal]");
  if (eye) {
    const field = document.getElementById(eye.dataset.reveal);
    field.type = field.type === "password" ? "text" : "password";
    eye.setAttribute("aria-pressed", String(field.type === "text"));
  }
  // A link to a field, as in the list of errors, also puts the cursor there.
  const link = event.target.closest?.('a[href^="#id_"]');
  if (link) document.getElementById(link.hash.slice(1))?.focus();
});
