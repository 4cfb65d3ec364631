// Single keys in dense lists: J and K move between rows, a letter presses the control of that row which says it knows it.
// They work only while the list has the focus, and only where the person did not switch them off.

const MOVES = { j: 1, k: -1 };

function rowsOf(list) {
  return list.tBodies ? [...list.tBodies].filter((body) => body.rows.length) : [...list.children];
}

function move(table, from, step) {
  const rows = rowsOf(table);
  const next = rows[rows.indexOf(from) + step];
  next?.querySelector("button, a.btn, a")?.focus();
}

document.addEventListener("keydown", (event) => {
  const table = event.target.closest?.("[data-rows]");
  if (!table || event.ctrlKey || event.metaKey || event.altKey) return;
  const row = event.target.closest("tbody, [data-rows] > li");
  if (event.key === "Escape") {
    row?.querySelector("[data-close]")?.click();
    return;
  }
  const writes = event.target.closest("input:not([type=checkbox]), textarea, select");
  if (!document.querySelector("[data-keys]") || writes) return;
  const key = event.key.toLowerCase();
  if (key in MOVES) {
    move(table, row, MOVES[key]);
  } else {
    const control = row?.querySelector(`[data-key="${CSS.escape(key)}"]`);
    if (!control) return;
    control.click();
  }
  event.preventDefault();
});

// Enter in a search that shares its form with other answers searches; in the other fields it answers.
document.addEventListener("keydown", (event) => {
  const search = event.key === "Enter" && event.target.matches?.("[type=search]") && event.target.form?.elements.search;
  if (!search) return;
  event.preventDefault();
  search.click();
});
