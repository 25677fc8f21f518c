/** /docs: the calls of /openapi.json as a page of its own, without anything from elsewhere. */
export const DOCS_PAGE = `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>Gluey Tracking: API</title>
<style>
  body { font: 16px/1.5 system-ui, sans-serif; max-width: 60rem; margin: 0 auto; padding: 2rem 1rem; color: #1c2733; }
  h1 { margin-bottom: 0; } h2 { margin-top: 2.5rem; border-bottom: 1px solid #d7dee5; }
  section { margin: 1.25rem 0; } code { font-size: .95em; } p { margin: .25rem 0; }
  .method { display: inline-block; min-width: 4.5rem; font-weight: 700; text-transform: uppercase; }
  details { margin: .25rem 0; } pre { background: #f4f6f8; padding: .75rem; overflow: auto; max-height: 24rem; }
</style>
</head>
<body>
<h1>Gluey Tracking</h1>
<p>The calls of this installation, from <a href="/openapi.json">/openapi.json</a>.</p>
<main id="calls">Loading…</main>
<script>
const main = document.getElementById("calls");
const element = (name, text, parent) => {
  const made = document.createElement(name);
  made.textContent = text;
  parent.append(made);
  return made;
};
const resolve = (api, schema) => {
  const name = schema && schema.$ref && schema.$ref.split("/").at(-1);
  return name ? api.components.schemas[name] : schema;
};
const show = (api, title, content, parent) => {
  const schema = content && Object.values(content)[0] && resolve(api, Object.values(content)[0].schema);
  if (!schema) return;
  const details = element("details", "", parent);
  element("summary", title, details);
  element("pre", JSON.stringify(schema, null, 2), details);
};
fetch("/openapi.json").then((answer) => answer.json()).then((api) => {
  main.textContent = "";
  const headings = new Map();
  for (const [path, calls] of Object.entries(api.paths)) {
    for (const [method, call] of Object.entries(calls)) {
      const tag = (call.tags || ["Other"])[0];
      if (!headings.has(tag)) {
        const group = element("div", "", main);
        element("h2", tag, group);
        headings.set(tag, group);
      }
      const section = element("section", "", headings.get(tag));
      const line = element("p", "", section);
      element("span", method, line).className = "method";
      element("code", path, line);
      element("p", call.summary || "", section);
      if (call.description) element("p", call.description, section);
      for (const parameter of call.parameters || []) {
        const row = element("p", "", section);
        element("code", parameter.name, row);
        row.append(" (" + parameter.in + (parameter.required ? ", required" : "") + ") " + (parameter.description || ""));
      }
      show(api, "Request", call.requestBody && call.requestBody.content, section);
      for (const [status, answer] of Object.entries(call.responses)) {
        show(api, status + ": " + answer.description, answer.content, section);
      }
    }
  }
}, () => { main.textContent = "The description could not be read. Open /openapi.json."; });
</script>
</body>
</html>
`;
