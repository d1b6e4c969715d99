// What went well, in one sentence at the lower right; errors are never toasts.
// Comes from Django's messages (<template data-toast>) and from the answer header HX-Trigger: {"toast": {"text": …}}.
const LIFE_MS = 6000;

const show = ({ text, undoUrl, undoLabel }) => {
  const area = document.getElementById("st-toasts");
  const source = document.getElementById("st-toast-template");
  if (!area || !source || !text) return;
  const toast = source.content.firstElementChild.cloneNode(true);
  toast.querySelector("[data-text]").textContent = text;
  if (undoUrl) {
    const form = Object.assign(document.createElement("form"), { method: "post", action: undoUrl });
    const token = document.createElement("input");
    Object.assign(token, { type: "hidden", name: "csrfmiddlewaretoken", value: area.dataset.csrf });
    const button = document.createElement("button");
    button.className = "btn btn-link-plain";
    button.textContent = undoLabel;
    form.append(token, button);
    toast.insertBefore(form, toast.lastElementChild);
  }
  let timer = 0;
  const leave = () => {
    timer = setTimeout(() => toast.remove(), LIFE_MS);
  };
  const stay = () => clearTimeout(timer);
  for (const event of ["pointerenter", "focusin"]) toast.addEventListener(event, stay);
  for (const event of ["pointerleave", "focusout"]) toast.addEventListener(event, leave);
  toast.querySelector("[data-close]").addEventListener("click", () => toast.remove());
  area.append(toast);
  leave();
};

const collect = () => {
  for (const message of document.querySelectorAll("template[data-toast]")) {
    const { undoUrl, undoLabel } = message.dataset;
    show({ text: message.content.textContent.trim(), undoUrl, undoLabel });
    message.remove();
  }
};

document.addEventListener("toast", (event) => show(event.detail));
document.addEventListener("htmx:after:swap", collect);
collect();
