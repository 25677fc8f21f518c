/** A page that asks for the same address again, by itself or by its link. */
export const onceMore = (to: string) => (
  <html lang="en">
    <head>
      <meta charset="utf-8" />
      <title>Gluey Tracking</title>
      <meta http-equiv="refresh" content={`0; url=${to}`} />
    </head>
    <body>
      <main>
        <h1>Gluey Tracking</h1>
        <p>
          <a href={to}>Go on to the console</a>
        </p>
      </main>
    </body>
  </html>
);
