import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { createInterface } from "node:readline";

/**
 * Child processes, each the head of a process group of its own, so that what it starts (workerd, say) ends with it.
 * A Ctrl-C in the terminal does not reach them: whoever started them ends them.
 */
export interface Running {
  name: string;
  pid: number;
  /** Resolves with its exit code, null when a signal ended it. */
  exited: Promise<number | null>;
  /** Asks the group to end, and ends it when it does not within a few seconds. */
  end(): Promise<void>;
  /** Ends the group at once, as a power cut would. */
  kill(): Promise<void>;
}

const END_WITHIN_MS = 4_000;
const LOOK_AGAIN_MS = 25;

const groups = new Set<number>();
// However this process ends, short of SIGKILL: nothing that it started outlives it.
process.on("exit", () => {
  for (const group of groups) signalGroup(group, "SIGKILL");
});

export interface Start {
  name: string;
  command: string;
  args: readonly string[];
  cwd: string;
  env: NodeJS.ProcessEnv;
  onLine(line: string): void;
}

/** Starts a process. What cannot be started at all shows as one that exited, its reason in a line. */
export function start({ name, command, args, cwd, env, onLine }: Start): Running {
  const child = spawn(command, args, { cwd, env, detached: true, stdio: ["ignore", "pipe", "pipe"] });
  const exited = exitOf(child, onLine);
  for (const stream of [child.stdout, child.stderr]) createInterface({ input: stream }).on("line", onLine);
  const pid = child.pid ?? 0;
  if (pid > 0) groups.add(pid);
  const gone = async (withinMs: number) => {
    for (let waited = 0; isGroupAlive(pid); waited += LOOK_AGAIN_MS) {
      if (waited >= withinMs) return false;
      await new Promise((resolve) => setTimeout(resolve, LOOK_AGAIN_MS));
    }
    groups.delete(pid);
    return true;
  };
  const kill = async () => {
    signalGroup(pid, "SIGKILL");
    await gone(END_WITHIN_MS);
  };
  const end = async () => {
    signalGroup(pid, "SIGTERM");
    if (!(await gone(END_WITHIN_MS))) await kill();
  };
  return { name, pid, exited, end, kill };
}

async function exitOf(child: ChildProcess, onLine: (line: string) => void): Promise<number | null> {
  try {
    const [code] = await once(child, "exit");
    return typeof code === "number" ? code : null;
  } catch (cause) {
    onLine(String(cause));
    return 127;
  }
}

/** Sends a signal to a group; one that is gone needs none. */
export function signalGroup(group: number, signal: NodeJS.Signals): void {
  if (group <= 0) return;
  try {
    process.kill(-group, signal);
  } catch {
    // Gone already.
  }
}

/** Whether any process of the group is left. */
export function isGroupAlive(group: number): boolean {
  if (group <= 0) return false;
  try {
    process.kill(-group, 0);
    return true;
  } catch {
    return false;
  }
}
