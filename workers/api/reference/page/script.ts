/**
 * The script of /docs: sends a call as its form says and shows what comes back. Keys live in the page's fields only,
 * and go nowhere but to this installation.
 */
export const SCRIPT = `
"use strict";
const field = (id) => document.getElementById(id).value.trim();

function requestOf(form) {
  let path = form.dataset.path;
  const query = new URLSearchParams();
  for (const input of form.querySelectorAll("[data-in]")) {
    const value = input.value.trim();
    if (input.dataset.in === "path") path = path.replace("{" + input.name + "}", encodeURIComponent(value));
    else if (input.dataset.in === "query" && value !== "") query.set(input.name, value);
  }
  const headers = {};
  if (form.dataset.auth === "operator") headers.authorization = "Bearer " + field("operator-token");
  else if (form.dataset.auth === "key") headers["x-key"] = field("api-key");
  const body = form.querySelector("textarea");
  if (body) headers["content-type"] = "application/json";
  const asked = query.size > 0 ? path + "?" + query : path;
  return [asked, { method: form.dataset.method.toUpperCase(), headers, body: body ? body.value : undefined }];
}

async function send(form, output) {
  output.textContent = "…";
  try {
    const [path, init] = requestOf(form);
    const began = performance.now();
    const answer = await fetch(path, init);
    const took = Math.round(performance.now() - began);
    const text = await answer.text();
    let shown = text;
    try { shown = JSON.stringify(JSON.parse(text), null, 2); } catch {}
    output.textContent = answer.status + " " + answer.statusText + " in " + took + " ms\\n\\n" + shown;
  } catch (error) {
    output.textContent = "It could not be sent: " + error.message;
  }
}

for (const form of document.querySelectorAll("form[data-path]")) {
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    send(form, form.querySelector("output"));
  });
}
`;
