import { beforeAll } from "vitest";
import { lay } from "./lay.ts";
import { clearStage } from "./stage.ts";

// All files run in one runtime, each on storage of its own. What the file before left under way (an alarm, a call that
// nobody waits for) may still bring a database back in the midst of it.
beforeAll(async () => {
  clearStage();
  for (let tries = 1; ; tries++) {
    try {
      return await lay();
    } catch (error) {
      if (tries === 5) throw error;
    }
  }
});
