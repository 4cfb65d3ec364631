// Several rows at once: says how many boxes are ticked and what they sum up to, and hides the bar while none is.

function bar() {
  return document.querySelector("[data-bulk]");
}

function count() {
  const form = bar();
  const words = form?.querySelector("[data-chosen]");
  if (!form) return;
  const chosen = [...form.elements].filter((one) => one.checked);
  form.hidden = !chosen.length && !form.querySelector("[role=alert]");
  if (!words) return;
  const cents = chosen.reduce((sum, one) => sum + Number(one.dataset.cents), 0);
  const euros = { style: "currency", currency: "EUR" };
  const sum = (cents / 100).toLocaleString(document.documentElement.lang, euros).replaceAll("\u202f", "\u00a0");
  words.textContent = words.dataset.chosen.replace("{count}", chosen.length).replace("{sum}", sum);
}

document.addEventListener("change", ({ target }) => {
  if (target.name === "pick") count();
});
document.addEventListener("reset", () => setTimeout(count));
document.addEventListener("htmx:after:swap", count);
count();
