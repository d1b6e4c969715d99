// <button disabled data-countdown="ISO"> … <span data-countdown-text>6:12</span>: readable while it waits.
const tick = () => {
  for (const button of document.querySelectorAll("[data-countdown]")) {
    const left = Math.ceil((Date.parse(button.dataset.countdown) - Date.now()) / 1000);
    const text = button.querySelector("[data-countdown-text]") ?? button;
    if (left > 0) {
      const shown = `${Math.floor(left / 60)}:${String(left % 60).padStart(2, "0")}`;
      if (text.textContent !== shown) text.textContent = shown;
    } else {
      button.removeAttribute("data-countdown");
      button.disabled = false;
      button.removeAttribute("title");
      if (text !== button) text.hidden = true;
    }
  }
};

setInterval(tick, 1000);
document.addEventListener("htmx:after:swap", tick);
tick();
