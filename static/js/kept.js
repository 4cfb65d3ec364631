// What a person is typing under a row stays when the list refreshes by itself: the form says that the row has changed,
// and what it sends is answered by how things stand.

function beingTyped(row, source) {
  const form = row?.querySelector?.("form[data-changed]");
  const typed = [...(form?.elements ?? [])].some((one) => one.value !== one.defaultValue && one.matches("input, textarea"));
  return typed && !row.contains(source) ? form : null;
}

document.addEventListener("htmx:before:swap", ({ detail: { ctx, tasks } }) => {
  for (const task of [...tasks]) {
    const row = typeof task.target === "string" ? document.querySelector(task.target) : task.target;
    const form = row?.matches?.("[data-rows] > *") && beingTyped(row, ctx.sourceElement);
    if (!form) continue;
    tasks.splice(tasks.indexOf(task), 1);
    if (form.querySelector("[data-said]")) continue;
    const words = Object.assign(document.createElement("p"), { className: "err", textContent: form.dataset.changed });
    words.dataset.said = "";
    words.setAttribute("role", "alert");
    form.prepend(words);
  }
});
