/**
 * The console's only script, and no page needs it: parts that say how often they want it are fetched again while
 * somebody looks at them, and can be held still.
 */
export const SCRIPT = `"use strict";
for (const part of document.querySelectorAll("[data-part]")) {
  const every = Number(part.dataset.every) || 5000;
  const button = document.querySelector("[data-holds='" + part.id + "']");
  let held = false;
  let timer = 0;
  const next = () => {
    clearTimeout(timer);
    if (!held) timer = setTimeout(refresh, every);
  };
  const refresh = async () => {
    // Whoever is among the numbers by keyboard must not lose the place.
    if (document.hidden || part.contains(document.activeElement)) return next();
    try {
      const answer = await fetch(part.dataset.part, { headers: { "x-part": part.id }, credentials: "same-origin" });
      if (answer.status === 401) return location.reload();
      if (answer.ok) {
        const page = new DOMParser().parseFromString(await answer.text(), "text/html");
        part.replaceChildren(...page.body.childNodes);
      }
    } catch {
      // The network is away: the next time may do better.
    }
    next();
  };
  if (button) {
    button.hidden = false;
    button.addEventListener("click", () => {
      held = !held;
      button.setAttribute("aria-pressed", String(held));
      next();
    });
  }
  next();
}
`;
