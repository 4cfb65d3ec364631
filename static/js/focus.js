// Where the focus goes when a swap takes away what had it: to what the answer marks, else to the successor of what had
// it, else to the link that had opened it, else to the row or the region it stood in.

const CONTROL = "a, button, input, select, textarea, summary";
let last = null;
let opener = null;

document.addEventListener("focusin", ({ target }) => (last = target));
document.addEventListener("click", ({ target }) => {
  last = target.closest?.(CONTROL) ?? null;
  if (last?.matches("a[hx-get]:not([data-close])")) opener = last.getAttribute("href");
});

function regionOf(gone) {
  for (let up = gone; up; up = up.parentElement) {
    const now = up.id && document.getElementById(up.id);
    if (now) return now;
  }
}

function find(region, name, value) {
  return value ? region.querySelector(`:is(${CONTROL})[${name}="${CSS.escape(value)}"]`) : null;
}

function follow() {
  if (!last || last.isConnected || document.activeElement !== document.body) return;
  const region = regionOf(last);
  if (!region) return;
  const same = ["href", "data-key", "name"].map((name) => find(region, name, last.getAttribute(name)));
  const inRow = region.parentElement.matches("[data-rows]");
  const next = region.matches(CONTROL) ? region : [...same, find(region, "href", opener)].find(Boolean);
  const place = next ?? (inRow ? region.querySelector("a, button") : null);
  if (!place) region.tabIndex = -1;
  (place ?? region).focus({ preventScroll: !place });
}

function focusMarked() {
  const marked = document.querySelectorAll("[data-focus]");
  marked[0]?.focus();
  for (const one of marked) one.removeAttribute("data-focus"); // or the next swap would lead back here
  follow();
}
document.addEventListener("htmx:after:swap", focusMarked);
focusMarked();

// A button that is off while its form is on its way loses the focus, and gets it back when the answer changes nothing.
document.addEventListener("htmx:finally:request", () => {
  setTimeout(() => {
    if (last?.isConnected && last.matches("button") && document.activeElement === document.body) last.focus();
  });
});
