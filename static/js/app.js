// The whole of our own script: the CSRF header, the problem banner, focus after a swap, and uploads with progress.
import "./copy.js";
import "./keys.js";
import "./kept.js";
import "./pick.js";
import "./focus.js"; // after pick.js: what it hides cannot have the focus
import { sendWithProgress } from "./upload.js";

const banner = document.getElementById("problem-banner");

function show(sentence) {
  const words = document.createElement("p");
  words.textContent = sentence;
  banner.replaceChildren(words);
  banner.hidden = false;
  banner.scrollIntoView({ block: "nearest" });
}

// Errors that say something about the region are swapped into it; the others end up in the banner.
function staysOutOfThePage({ response, hx }) {
  const status = response.status;
  const listed = htmx.config.noSwap.map(String);
  return hx.reswap === "none" || [`${status}`, `${`${status}`[0]}xx`].some((s) => listed.includes(s));
}

document.addEventListener("htmx:config:request", ({ detail: { ctx } }) => {
  banner.hidden = true;
  if (ctx.request.method !== "GET") {
    ctx.request.headers["X-CSRFToken"] = document.querySelector("meta[name=csrf-token]").content;
  }
  sendWithProgress(ctx);
});

document.addEventListener("htmx:response:error", ({ detail: { ctx } }) => {
  if (ctx.hx.redirect || !staysOutOfThePage(ctx)) return;
  ctx.push = ctx.replace = undefined; // htmx would put the failed address into the history
  const ours = ctx.response.headers.get("Content-Type")?.startsWith("text/plain");
  show(ours ? ctx.text : (banner.dataset[ctx.response.status] ?? banner.dataset.failed));
});

document.addEventListener("htmx:error", ({ detail: { ctx } }) => {
  if (ctx && !ctx.response) show(banner.dataset.offline);
});
