/** Work that may be asked for often and is to be done seldom. */
export interface Paced {
  /** Does it at once where it has rested; otherwise once more when it has. */
  ask: () => void;
  stop: () => void;
}

/** Does `work` one at a time, with at least so many milliseconds from one start to the next. */
export function paced(work: () => Promise<unknown>, milliseconds: number): Paced {
  let busy = false;
  let asked = false;
  let stopped = false;

  const run = async () => {
    busy = true;
    asked = false;
    const rest = new Promise((done) => setTimeout(done, milliseconds));
    await work().catch(() => undefined);
    await rest;
    busy = false;
    if (asked && !stopped) void run();
  };

  return {
    ask: () => {
      asked = true;
      if (!busy && !stopped) void run();
    },
    stop: () => {
      stopped = true;
    },
  };
}
