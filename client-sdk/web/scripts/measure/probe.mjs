// What runs in the measured pages. Playwright sends the source of each function to the page.

/** Runs before the scripts of a page. Adds `globalThis.probe`. */
export function installProbe() {
  // Only the measured page, not the frames in it.
  if (globalThis !== globalThis.top) return;
  const inputs = [];
  const observer = new PerformanceObserver((list) => inputs.push(...list.getEntries()));
  observer.observe({ type: "event", durationThreshold: 16 });

  /** The element at the end of a path of selectors, each within the shadow root or the content of the element before. */
  const find = (path) => {
    let found = document.documentElement;
    for (const selector of path) found = found && (found.shadowRoot ?? found).querySelector(selector);
    return found;
  };

  /** Resolves with the time at which the element of a path has been painted. */
  const painted = (path) =>
    new Promise((resolve) => {
      const look = () => {
        if (!find(path)) return requestAnimationFrame(look);
        // The next task begins after the frame of this callback has been laid out and painted.
        const channel = new MessageChannel();
        channel.port1.onmessage = () => resolve(performance.now());
        channel.port2.postMessage(0);
      };
      requestAnimationFrame(look);
    });

  let sampling;
  globalThis.probe = {
    find,
    painted,

    /** As `painted`, counted from the next click. */
    paintedAfterClick: (path) =>
      new Promise((resolve) => {
        const clicked = async ({ timeStamp }) => resolve((await painted(path)) - timeStamp);
        addEventListener("click", clicked, { capture: true, once: true });
      }),

    /** The longest time after `from` between an input and the next paint; `undefined` if the browser reported none, as it does below 16 ms. */
    worstInput(from) {
      inputs.push(...observer.takeRecords());
      const since = inputs.filter(({ startTime, interactionId }) => startTime >= from && interactionId);
      return since.length ? Math.max(...since.map(({ duration }) => duration)) : undefined;
    },

    /** Counts the elements of a selector in the last element of `path` several times a second, until `stopSampling`. */
    sample(path, selector) {
      const sampled = { most: 0 };
      const look = () => {
        sampled.most = Math.max(sampled.most, (find(path)?.querySelectorAll(selector) ?? []).length);
      };
      look();
      sampling = { sampled, timer: setInterval(look, 100) };
    },
    stopSampling() {
      clearInterval(sampling.timer);
      return sampling.sampled.most;
    },

    /** A fixed amount of work. */
    work() {
      let sum = 0;
      for (let step = 0; step < 5_000_000; step++) sum = (sum + step * step) % 1_000_003;
      return { sum };
    },
  };
}

/**
 * The script of the page that is the baseline: `?rows=3000` has this number of rows in a scroller, and `?rows=50&button` shows them after a
 * click. Without `rows` it has one line of text and a text field.
 */
export function plainPage() {
  const parameters = new URLSearchParams(location.search);
  const count = Number(parameters.get("rows"));
  const show = () => {
    const scroller = document.createElement("div");
    scroller.className = "scroller";
    Object.assign(scroller.style, { height: "700px", overflowY: "auto" });
    for (let index = 1; index <= count; index++) {
      const row = document.createElement("p");
      Object.assign(row.style, { margin: "0", height: "44px" });
      row.className = "row";
      row.textContent = `Row ${index} of a list that has no parts, no styles and no listeners`;
      scroller.append(row);
    }
    document.body.append(scroller);
    scroller.scrollTop = parameters.has("end") ? scroller.scrollHeight : 0;
  };
  if (!count) {
    const line = document.createElement("p");
    line.className = "row";
    line.textContent = "A page with one line of text.";
    document.body.append(line, document.createElement("textarea"));
  } else if (parameters.has("button")) {
    const button = document.createElement("button");
    button.textContent = "Show";
    button.onclick = show;
    document.body.append(button);
  } else show();
}
