import { keepVisitor, SIGN_IN, signIn, signOut } from "../access.ts";
import type { Console, Look } from "../console-env.ts";
import { Field, Form, Note } from "../pieces/form.tsx";
import { send } from "../send.ts";
import { Document, Mark } from "../shell.tsx";

const HOME = "/console";

/** Only an address of the console itself: anything else would make us a signpost to strangers. */
export function pageToOpen(given: string | undefined): string {
  if (given === undefined || given.length > 1000) return HOME;
  return /^\/console(?:[/?][\x21-\x5b\x5d-\x7e]*)?$/u.test(given) && !given.startsWith(SIGN_IN)
    ? given
    : HOME;
}

function page(c: Look, to: string, wrong: boolean) {
  return (
    <Document title="Sign in">
      <main class="sign" id="main">
        <p class="mark">
          <Mark size={30} /> Gluey Tracking
        </p>
        <div class="card">
          <h1>Sign in</h1>
          <p class="soft">With the key of your account, or with the operator's token.</p>
          {wrong ? (
            <Note tone="bad">This key is not valid, or was revoked. Check that all of it is there.</Note>
          ) : null}
          <Form action={SIGN_IN} token={c.var.form_token} values={{ to }}>
            <Field
              id="key"
              label="Key"
              hint={
                <>
                  Begins with <code>gl-acc-</code> for live data, <code>gl-test-</code> for test data.
                </>
              }
            >
              <input
                id="key"
                name="key"
                type="password"
                required
                maxlength={200}
                autocomplete="off"
                autocapitalize="none"
                spellcheck={false}
                aria-describedby="key-hint"
              />
            </Field>
            <button class="first" type="submit">
              Sign in
            </button>
          </Form>
        </div>
        <p class="soft small">
          A session ends after eight hours or when the key is revoked; signing out ends it in this browser.
        </p>
      </main>
    </Document>
  );
}

export function signInPages(app: Console): void {
  app.get("/sign-in", async (c) => {
    const to = pageToOpen(c.req.query("to"));
    if (c.var.session.who.kind !== "visitor") return c.redirect(to, 303);
    await keepVisitor(c);
    return send(c, page(c, to, false));
  });
  app.post("/sign-in", async (c) => {
    const to = pageToOpen(c.var.form.get("to"));
    if (await signIn(c, c.var.form.get("key")?.trim() ?? "")) return c.redirect(to, 303);
    c.status(401);
    return send(c, page(c, to, true));
  });
  app.post("/sign-out", (c) => {
    signOut(c);
    return c.redirect(SIGN_IN, 303);
  });
}
