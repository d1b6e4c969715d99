// The basis of the exemption is asked for only where "exempt" is chosen; without scripts it is always there.
for (const basis of document.querySelectorAll('[name="vat_exemption_basis"]')) {
  const form = basis.form;
  const field = basis.closest(".st-field");
  const show = () => {
    field.hidden = form.querySelector('[name="vat_payer"]:checked')?.value !== "no";
  };
  form.addEventListener("change", show);
  form.addEventListener("reset", () => setTimeout(show));
  show();
}
