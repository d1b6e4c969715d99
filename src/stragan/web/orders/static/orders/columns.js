// The chooser of columns: arrows move a line at once; without this file each arrow sends the form.
document.addEventListener("click", (event) => {
  const arrow = event.target.closest?.("[data-order] [data-move]");
  if (!arrow) return;
  event.preventDefault();
  const line = arrow.closest("li");
  const other = arrow.dataset.move === "-1" ? line.previousElementSibling : line.nextElementSibling;
  if (!other) return;
  if (arrow.dataset.move === "-1") other.before(line);
  else other.after(line);
  arrow.focus();
});
