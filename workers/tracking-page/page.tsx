import type { Child } from "hono/jsx";
import type { Branding } from "../storage/brandings.ts";
import { EmptyBox, MapPin, StatusPicture, StepMark } from "./icons.tsx";
import { LANGUAGE_TAGS, LANGUAGES, type Language } from "./languages.ts";
import { PAGE_STYLE_NAME } from "./page-style.ts";
import type { Phrases } from "./phrases/phrases.ts";
import type { PickupPlace } from "./places.ts";
import type { Entry, View } from "./view.ts";

/** The tracking page as HTML. No script, no style of its own, nothing from elsewhere. */

export interface PageFacts {
  view: View;
  language: Language;
  branding: Branding;
  /** The link's own path, `/t/TOKEN`: the logo lies behind it. */
  path: string;
  is_test: boolean;
}

export function TrackingPage({ view, language, branding, path, is_test }: PageFacts) {
  const phrases: Phrases = LANGUAGES[language];
  const { labels } = phrases;
  return (
    <Document language={language} title={`${view.status.title} · ${branding.name}`} colour={branding.colour}>
      <header class="brand">
        <div>
          <Brand branding={branding} path={path} />
        </div>
      </header>
      <main>
        {is_test ? <p class="test">{labels.test}</p> : null}
        <section class={`card ${view.status.tone}`} aria-labelledby="status">
          <div class="status">
            <span class="badge">
              <StatusPicture status={view.status.word} />
            </span>
            <div>
              <h1 id="status">{view.status.title}</h1>
              <p>{view.status.sentence}</p>
            </div>
          </div>
          <Notices notices={view.notices} />
          <Steps view={view} phrases={phrases} />
          <Expected expected={view.expected} />
        </section>
        <Pickups pickups={view.pickups} phrases={phrases} />
        <Parcels view={view} phrases={phrases} />
        <History view={view} phrases={phrases} />
        <Facts view={view} phrases={phrases} />
      </main>
      <Foot language={language} from={branding.name} />
    </Document>
  );
}

/** A page that says that there is none, or none just now: the same for whatever the reason is. */
export function NoPage({ language, why }: { language: Language; why: "missing" | "too_often" }) {
  const { title, sentence } = LANGUAGES[language].labels[why];
  return (
    <Document language={language} title={title} colour={null}>
      <main>
        <section class="card missing" aria-labelledby="status">
          <EmptyBox />
          <h1 id="status">{title}</h1>
          <p>{sentence}</p>
        </section>
      </main>
      <Foot language={language} from={null} />
    </Document>
  );
}

interface DocumentFacts {
  language: Language;
  title: string;
  colour: string | null;
  children?: Child;
}

function Document({ language, title, colour, children }: DocumentFacts) {
  return (
    <html lang={language}>
      <head>
        <meta charset="utf-8" />
        <meta name="viewport" content="width=device-width, initial-scale=1" />
        <meta name="robots" content="noindex, nofollow" />
        <meta name="referrer" content="no-referrer" />
        <meta name="format-detection" content="telephone=no" />
        <title>{title}</title>
        <link rel="icon" type="image/svg+xml" href="/t/-/parcel.svg" />
        <link rel="stylesheet" href={`/t/-/${PAGE_STYLE_NAME}`} />
        {colour === null ? null : <link rel="stylesheet" href={`/t/-/colour-${colour.slice(1)}.css`} />}
      </head>
      <body>{children}</body>
    </html>
  );
}

function Brand({ branding: { name, logo }, path }: { branding: Branding; path: string }) {
  if (logo === null) return <p>{name}</p>;
  const { digest, width, height } = logo;
  return <img src={`${path}/logo/${digest}`} width={width} height={height} alt={name} />;
}

function Notices({ notices }: { notices: readonly string[] }) {
  if (notices.length === 0) return null;
  return (
    <div class="notices">
      {notices.map((notice) => (
        <p class="notice">{notice}</p>
      ))}
    </div>
  );
}

function Steps({ view: { steps }, phrases: { labels } }: { view: View; phrases: Phrases }) {
  const said = { done: labels.step_done, now: labels.step_now, ahead: labels.step_ahead };
  return (
    <ol class="steps" aria-label={labels.progress}>
      {steps.map(({ state, tone, label }) => (
        <li class={`${state} ${tone}`} aria-current={state === "now" ? "step" : undefined}>
          <StepMark state={state} tone={tone} />
          <span class="label">
            {label}
            <span class="heard"> ({said[state]})</span>
          </span>
        </li>
      ))}
    </ol>
  );
}

function Expected({ expected }: { expected: View["expected"] }) {
  if (expected === null) return null;
  return (
    <dl class="expected">
      <dt>{expected.label}</dt>
      <dd>{expected.text}</dd>
      {expected.first === null ? null : <dd class="first">{expected.first}</dd>}
    </dl>
  );
}

function Pickups({ pickups, phrases: { labels } }: { pickups: readonly PickupPlace[]; phrases: Phrases }) {
  if (pickups.length === 0) return null;
  return (
    <section class="card pickup" aria-labelledby="pickup">
      <h2 id="pickup">{labels.pickup}</h2>
      {pickups.map(({ name, lines, map_url }) => (
        <>
          <address>
            {name === null ? null : <strong>{name}</strong>}
            {lines.map((line, at) => (
              <>
                {at === 0 ? null : <br />}
                {line}
              </>
            ))}
          </address>
          {map_url === null ? null : (
            <a class="button" href={map_url} rel="noopener noreferrer external" target="_blank">
              <MapPin />
              {labels.map}
            </a>
          )}
        </>
      ))}
    </section>
  );
}

function Parcels({ view, phrases: { labels } }: { view: View; phrases: Phrases }) {
  if (view.parcels.length === 0) return null;
  return (
    <section class="card parcels" aria-labelledby="parcels">
      <h2 id="parcels">{labels.parcels}</h2>
      <p class="count">{view.pieces}</p>
      <ul>
        {view.parcels.map(({ label, number, status, tone }) => (
          <li>
            <span class="of">
              {label}
              <span class="number">{number}</span>
            </span>
            <span class={`word ${tone}`}>{status}</span>
          </li>
        ))}
      </ul>
      {view.more_parcels === 0 ? null : <p class="more">{labels.more_parcels(view.more_parcels)}</p>}
    </section>
  );
}

function History({ view: { days, has_older }, phrases: { labels } }: { view: View; phrases: Phrases }) {
  return (
    <section class="card history" aria-labelledby="history">
      <h2 id="history">{labels.history}</h2>
      {days.length === 0 ? (
        <p class="empty">{labels.no_history}</p>
      ) : (
        <>
          <ol>
            {days.map(({ heading, entries }) => (
              <li>
                <h3>{heading}</h3>
                <ol class="entries">
                  {entries.map((entry) => (
                    <Happened entry={entry} />
                  ))}
                </ol>
              </li>
            ))}
          </ol>
          <p class="note">
            {labels.local_times}
            {has_older ? ` ${labels.older_not_shown}` : null}
          </p>
        </>
      )}
    </section>
  );
}

function Happened({ entry: { time, at, text, place, parcels, tone } }: { entry: Entry }) {
  return (
    <li class={tone}>
      {time === null || at === null ? <span /> : <time datetime={at}>{time}</time>}
      <div>
        <p class="what">{text}</p>
        {place === null && parcels === null ? null : (
          <p class="where">{[place, parcels].filter((part) => part !== null).join(" · ")}</p>
        )}
      </div>
    </li>
  );
}

function Facts({ view, phrases: { labels } }: { view: View; phrases: Phrases }) {
  return (
    <dl class="card facts">
      <div>
        <dt>{labels.carrier}</dt>
        <dd>{view.carrier}</dd>
      </div>
      <div>
        <dt>{labels.tracking_number}</dt>
        <dd>{view.tracking_number}</dd>
      </div>
      {view.new_tracking_number === null ? null : (
        <div>
          <dt>{labels.new_tracking_number}</dt>
          <dd>{view.new_tracking_number}</dd>
        </div>
      )}
    </dl>
  );
}

function Foot({ language, from }: { language: Language; from: string | null }) {
  const { labels } = LANGUAGES[language];
  return (
    <footer>
      {from === null ? null : <p>{labels.sent_by(from)}</p>}
      <nav aria-label={labels.languages}>
        <ul>
          {LANGUAGE_TAGS.map((tag) => (
            <li>
              <a
                href={`?lang=${tag}`}
                lang={tag}
                hreflang={tag}
                aria-current={tag === language ? "true" : undefined}
              >
                {LANGUAGES[tag].name}
              </a>
            </li>
          ))}
        </ul>
      </nav>
    </footer>
  );
}
