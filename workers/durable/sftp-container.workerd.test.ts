import { runInDurableObject } from "cloudflare:test";
import { afterEach, describe, expect, it, vi } from "vitest";
import { testEnv } from "../testing/seed.ts";
import { SftpContainer } from "./sftp-container.ts";

const SIGTERM = 15;
const MINUTE = 60_000;
let place = 0;

/** The state of any object; the type of its `props` is nobody's business here. */
const isObjectState = (state: object): state is ConstructorParameters<typeof SftpContainer>[0] =>
  "storage" in state;

/** The object as it runs beside its container, which here is a stand-in that only hears what it is told. */
async function beside(
  work: (
    container: SftpContainer,
    told: { signals: number[]; answer: (body: string) => void },
  ) => Promise<void>,
): Promise<void> {
  place += 1;
  const { CONNECTION_PACE } = testEnv();
  await runInDurableObject(CONNECTION_PACE.getByName(`container-${place}`), async (_, state) => {
    const signals: number[] = [];
    let answer = (_body: string) => {};
    const answered = new Promise<Response>((resolve) => {
      answer = (body) => resolve(new Response(body));
    });
    Object.defineProperty(state, "container", {
      value: {
        running: true,
        signal: (signal: number) => signals.push(signal),
        monitor: () => new Promise(() => {}),
        start: () => {},
        getTcpPort: () => ({ fetch: () => answered }),
      },
    });
    // As it stands once a container has started and answered.
    await state.storage.put("__CF_CONTAINER_STATE", { status: "healthy", lastChange: Date.now() });
    if (isObjectState(state)) await work(new SftpContainer(state, testEnv()), { signals, answer });
  });
}

afterEach(() => vi.useRealTimers());

const call = (container: SftpContainer) => container.fetch(new Request("http://container/healthz"));
/** Only the clock is moved; what waits for a timer goes on waiting. */
const minutesLater = (minutes: number) => {
  vi.useFakeTimers({ toFake: ["Date"], now: Date.now() + minutes * MINUTE });
};

/** What its alarm asks before it sends the container to sleep; it is not for callers. */
const isExpired = (container: SftpContainer): unknown =>
  Reflect.apply(Reflect.get(container, "isActivityExpired"), container, []);

describe("the container", () => {
  it("knows its token, and gets out to other ports than those of HTTP", async () => {
    expect.hasAssertions();
    await beside(async (container) => {
      expect(container.envVars).toEqual({ SFTP_CONTAINER_TOKEN: testEnv().SFTP_CONTAINER_TOKEN });
      expect(container.enableInternet).toBe(true);
    });
  });

  it("is sent to sleep by SIGTERM when nobody called for ten minutes, and not before", async () => {
    expect.hasAssertions();
    await beside(async (container, { signals, answer }) => {
      answer("{}");
      expect(await (await call(container)).text()).toBe("{}");
      await scheduler.wait(10);
      minutesLater(9);
      expect(isExpired(container)).toBe(false);
      minutesLater(2);
      expect(isExpired(container)).toBe(true);
      await container.onActivityExpired();
      expect(signals).toEqual([SIGTERM]);
    });
  });

  it("is left awake for as long as a call is under way, and ten minutes more", async () => {
    expect.hasAssertions();
    await beside(async (container, { answer }) => {
      const under = call(container);
      await scheduler.wait(50);
      minutesLater(30);
      expect(isExpired(container)).toBe(false);
      answer("done");
      await (await under).text();
      await scheduler.wait(10);
      minutesLater(9);
      expect(isExpired(container)).toBe(false);
      minutesLater(2);
      expect(isExpired(container)).toBe(true);
    });
  });
});
