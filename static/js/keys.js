// Single keys in dense lists: J and K move between rows, a letter presses the control of that row which says it knows it.
// They work only while the list has the focus, and only where the person did not switch them off.

const MOVES = { j: 1, k: -1 };

function rowsOf(table) {
  return [...table.tBodies].filter((body) => body.rows.length);
}

function move(table, from, step) {
  const rows = rowsOf(table);
  const next = rows[rows.indexOf(from) + step];
  next?.querySelector("button, a.btn, a")?.focus();
}

document.addEventListener("keydown", (event) => {
  const table = event.target.closest?.("table[data-rows]");
  if (!table || event.ctrlKey || event.metaKey || event.altKey) return;
  const row = event.target.closest("tbody");
  if (event.key === "Escape") {
    row?.querySelector("[data-close]")?.click();
    return;
  }
  if (!document.querySelector("[data-keys]") || event.target.closest("input, textarea, select")) return;
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
