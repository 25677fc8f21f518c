import { type Call, callsOf } from "../document.ts";
import { isObject, type Json, type JsonObject, schemasOf } from "../hoist.ts";
import { fieldRows, typeWords } from "./fields-table.ts";

/** /docs, written from the OpenAPI document: every call with its fields, examples, faults, and a form that sends it. Pure. */

/** The whole page. `document` is what /openapi.json answers. */
export function ReferencePage({ document }: { document: JsonObject }) {
  const calls = callsOf(document);
  const groups = objects(document.tags).map(({ name, description }) => ({
    name: words(name),
    description: words(description),
    calls: calls.filter(({ operation }) => words(operation.tags) === name),
  }));
  const info = isObject(document.info) ? document.info : {};
  return (
    <html lang="en">
      <head>
        <meta charset="utf-8" />
        <meta name="viewport" content="width=device-width, initial-scale=1" />
        <title>API reference · Gluey Tracking</title>
        <link rel="stylesheet" href="/docs/style.css" />
        <script src="/docs/script.js" defer />
      </head>
      <body>
        <a class="skip" href="#calls">
          Skip to the calls
        </a>
        <header>
          <h1>Gluey Tracking: API reference</h1>
          <p>{words(info.description)}</p>
          <p>
            Made from <a href="/openapi.json">/openapi.json</a>, which is made from the schemas that check the
            requests. Limits: a request 1 MiB, a batch 5 MiB, a carrier's webhook 10 MiB; 600 requests a
            minute a key.
          </p>
          <div class="credentials">
            <label>
              Key for the forms below (x-key)
              <input id="api-key" type="password" autocomplete="off" spellcheck={false} />
            </label>
            <label>
              Operator's token (for /admin)
              <input id="operator-token" type="password" autocomplete="off" spellcheck={false} />
            </label>
          </div>
        </header>
        <div class="frame">
          <nav aria-label="Calls">
            {groups.map((group) => (
              <section>
                <h2>{group.name}</h2>
                <ul>
                  {group.calls.map(({ operation }) => (
                    <li>
                      <a href={`#${words(operation.operationId)}`}>{words(operation.summary)}</a>
                    </li>
                  ))}
                </ul>
              </section>
            ))}
          </nav>
          <main id="calls">
            {groups.map((group) => (
              <section>
                <h2>{group.name}</h2>
                <p class="quiet">{group.description}</p>
                {group.calls.map((call) => (
                  <CallCard call={call} schemas={schemasOf(document)} />
                ))}
              </section>
            ))}
          </main>
        </div>
      </body>
    </html>
  );
}

function CallCard({ call, schemas }: { call: Call; schemas: JsonObject }) {
  const { method, path, operation } = call;
  const name = words(operation.operationId);
  const parameters = objects(operation.parameters);
  const body = contentOf(operation.requestBody);
  const responses = Object.entries(isObject(operation.responses) ? operation.responses : {});
  const good = responses.filter(([status]) => status.startsWith("2"));
  const faults = responses.filter(([status]) => !status.startsWith("2"));
  return (
    <article class="call" id={name} aria-labelledby={`${name}-title`}>
      <h3 id={`${name}-title`}>{words(operation.summary)}</h3>
      <p class="line">
        <span class={`method ${method}`}>{method}</span>
        <code>{path}</code>
      </p>
      {operation.description === undefined ? null : <p>{words(operation.description)}</p>}
      {parameters.length === 0 ? null : (
        <Rows
          caption="Parameters"
          rows={parameters.map((parameter) => ({
            path: words(parameter.name),
            type: `in ${words(parameter.in)}; ${typeWords(parameter.schema, schemas)}`,
            required: parameter.required === true,
            description: words(parameter.description),
          }))}
        />
      )}
      {body === null ? null : (
        <Body title="Request" content={body} schemas={schemas} told={requestWords(operation.requestBody)} />
      )}
      {good.map(([status, response]) => {
        const content = contentOf(response);
        const told = isObject(response) ? words(response.description) : "";
        return content === null ? (
          <p>
            <strong>{status}</strong> {told}
          </p>
        ) : (
          <Body title={`Answer ${status}`} content={content} schemas={schemas} told={told} />
        );
      })}
      {faults.length === 0 ? null : (
        <details>
          <summary>Errors</summary>

          <table>
            <tbody>
              {faults.map(([status, fault]) => (
                <tr>
                  <th scope="row">{status}</th>
                  <td>{isObject(fault) ? words(fault.description) : ""}</td>
                </tr>
              ))}
            </tbody>
          </table>
        </details>
      )}
      <TryIt call={call} parameters={parameters} example={body === null ? undefined : body.example} />
    </article>
  );
}

interface Row {
  path: string;
  type: string;
  required: boolean;
  description: string;
}

function Rows({ caption, rows }: { caption: string; rows: readonly Row[] }) {
  return (
    <details>
      <summary>{caption}</summary>
      <table>
        <tbody>
          {rows.map(({ path, type, required, description }) => (
            <tr>
              <td>
                <code>{path}</code>
                {required ? null : <span class="quiet"> optional</span>}
              </td>
              <td>
                {description} <span class="type">({type})</span>
              </td>
            </tr>
          ))}
        </tbody>
      </table>
    </details>
  );
}

interface BodyProps {
  title: string;
  content: JsonObject;
  schemas: JsonObject;
  told: string;
}

function Body({ title, content, schemas, told }: BodyProps) {
  const rows = fieldRows(content.schema, schemas);
  return (
    <>
      <p>
        <strong>{title}</strong> {told}
      </p>
      {rows.length === 0 ? null : <Rows caption={`${title}: fields`} rows={rows} />}
      {content.example === undefined ? null : (
        <details>
          <summary>{title}: example</summary>
          <pre tabindex={0}>{JSON.stringify(content.example, null, 2)}</pre>
        </details>
      )}
    </>
  );
}

function TryIt({
  call,
  parameters,
  example,
}: {
  call: Call;
  parameters: JsonObject[];
  example: Json | undefined;
}) {
  const { method, path, operation } = call;
  // Carriers sign what they post: a form cannot.
  if (path.startsWith("/carriers/")) return null;
  return (
    <details>
      <summary>Try it</summary>
      <form data-method={method} data-path={path} data-auth={authOf(operation)}>
        {parameters.map((parameter) => (
          <label>
            {words(parameter.name)}
            <input
              name={words(parameter.name)}
              data-in={words(parameter.in)}
              required={parameter.required === true}
              autocomplete="off"
            />
          </label>
        ))}
        {example === undefined ? null : (
          <label>
            Body
            <textarea rows={8} spellcheck={false}>
              {JSON.stringify(example, null, 2)}
            </textarea>
          </label>
        )}
        <button type="submit">Send</button>
        <output>
          <span class="quiet">The answer stands here.</span>
        </output>
      </form>
    </details>
  );
}

function authOf({ security }: JsonObject): "none" | "operator" | "key" {
  if (!Array.isArray(security)) return "key";
  if (security.length === 0) return "none";
  return isObject(security[0]) && "operator" in security[0] ? "operator" : "key";
}

/** The JSON body of a request or a response; null where it has none. */
function contentOf(part: Json | undefined): JsonObject | null {
  const content = isObject(part) && isObject(part.content) ? part.content["application/json"] : undefined;
  return isObject(content) ? content : null;
}

function requestWords(part: Json | undefined): string {
  return isObject(part) ? words(part.description) : "";
}

function objects(value: Json | undefined): JsonObject[] {
  return Array.isArray(value) ? value.filter(isObject) : [];
}

function words(value: Json | undefined): string {
  if (Array.isArray(value)) return value.map(words).join(", ");
  return typeof value === "string" ? value : "";
}
