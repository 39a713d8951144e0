// Keys for lists: j and k move, Enter opens, / searches, ? shows the keys. Every page works without this file.
const rows = () => [...document.querySelectorAll("[data-row]")];

const isTyping = (target) => target instanceof Element && target.matches("input, textarea, select, [contenteditable]");

const move = (by) => {
  const all = rows();
  if (!all.length) return;
  const here = all.findIndex((row) => row.classList.contains("here"));
  const next = here < 0 ? (by > 0 ? 0 : all.length - 1) : Math.min(Math.max(here + by, 0), all.length - 1);
  if (here >= 0) all[here].classList.remove("here");
  all[next].classList.add("here");
  all[next].querySelector("a")?.focus({ preventScroll: true });
  all[next].scrollIntoView({ block: "nearest" });
};

const actions = {
  j: () => move(1),
  k: () => move(-1),
  "/": () => document.querySelector(".search")?.focus(),
  "?": () => document.querySelector("dialog.keys-help")?.showModal(),
  Enter: () => document.querySelector("[data-row].here a")?.click(),
};

document.addEventListener("keydown", (event) => {
  if (event.ctrlKey || event.metaKey || event.altKey || isTyping(event.target)) return;
  if (document.querySelector("dialog[open]")) return;
  // A link or button that has the focus opens itself.
  if (event.key === "Enter" && event.target !== document.body) return;
  const act = actions[event.key];
  if (!act) return;
  event.preventDefault();
  act();
});
