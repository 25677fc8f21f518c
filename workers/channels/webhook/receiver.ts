/** What a test's customer saw and answers: stands where the runtime's `fetch` would go out. */

export interface Received {
  url: string;
  id: string;
  timestamp: number;
  signature: string;
  headers: Record<string, string>;
  body: string;
  /** `shipment sequence` of each element. */
  told: { shipment: string; sequence: number }[];
}

let receivers = 0;

export class Receiver {
  /** The one that was made last: a retry of an earlier test is none of its business. */
  static newest: Receiver | null = null;
  readonly endpoint: string;
  readonly received: Received[] = [];
  /** How the next requests are answered; the default is 200. */
  answer: (request: Received, index: number) => Response | Promise<Response> = () => new Response("ok");
  inFlight = 0;
  mostInFlight = 0;

  constructor() {
    this.endpoint = `http://127.0.0.1:9/receiver-${++receivers}`;
    Receiver.newest = this;
  }

  /** Put in place of `fetch`. */
  readonly fetch = async (input: RequestInfo | URL, init?: RequestInit): Promise<Response> => {
    const request = new Request(input, init);
    if (!request.url.startsWith(this.endpoint)) return new Response(null, { status: 410 });
    const body = await request.text();
    const headers = Object.fromEntries(request.headers);
    const received: Received = {
      url: request.url,
      id: headers["webhook-id"] ?? "",
      timestamp: Number(headers["webhook-timestamp"]),
      signature: headers["webhook-signature"] ?? "",
      headers,
      body,
      told: toldIn(body),
    };
    const index = this.received.push(received) - 1;
    this.inFlight += 1;
    this.mostInFlight = Math.max(this.mostInFlight, this.inFlight);
    try {
      return await this.answer(received, index);
    } finally {
      this.inFlight -= 1;
    }
  };

  /** All that came, in order: `shipment sequence`. */
  get told(): string[] {
    return this.received.flatMap((one) =>
      one.told.map(({ shipment, sequence }) => `${shipment} ${sequence}`),
    );
  }
}

function toldIn(body: string): Received["told"] {
  const elements: { shipment_id: string; sequence: number }[] = JSON.parse(body);
  return elements.map(({ shipment_id, sequence }) => ({ shipment: shipment_id, sequence }));
}
