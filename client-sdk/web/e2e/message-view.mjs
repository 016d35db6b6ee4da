// What is visible in the list of messages.
import { until } from "./harness.mjs";

/** The scroll position of the list of messages, and the texts of the visible messages. */
export function view(person) {
  return person.page.locator("causerie-message-list .scroller").evaluate((scroller) => {
    const box = scroller.getBoundingClientRect();
    const shown = [...scroller.querySelectorAll("causerie-message")];
    const inView = shown.filter((each) => {
      const { top, bottom } = each.getBoundingClientRect();
      return bottom > box.top + 1 && top < box.bottom - 1;
    });
    const first = inView[0];
    const divider = shown
      .find(({ startsNew }) => startsNew)
      ?.shadowRoot.querySelector(".new")
      .getBoundingClientRect();
    return {
      drawn: shown.length,
      first: first?.shadowRoot.querySelector(".text")?.textContent ?? "",
      firstTop: first ? Math.round(first.getBoundingClientRect().top - box.top) : 0,
      texts: inView.map((each) => each.shadowRoot.querySelector(".text")?.textContent ?? ""),
      top: Math.round(scroller.scrollTop),
      below: Math.round(scroller.scrollHeight - scroller.clientHeight - scroller.scrollTop),
      height: scroller.clientHeight,
      divider: divider && Math.round(divider.top - box.top),
    };
  });
}

/** Waits until the list scrolls no more and `holds` accepts the view, and returns the view. */
export async function stillView(person, what = "a still view", holds = () => true) {
  let before;
  const next = async () => {
    // What was scrolled is in the view two frames later.
    await person.page.evaluate(async () => {
      for (let frame = 0; frame < 2; frame++) await new Promise(requestAnimationFrame);
    });
    const now = await view(person);
    const isStill = before?.top === now.top && before.first === now.first && before.firstTop === now.firstTop;
    before = now;
    return { ...now, isStill };
  };
  return until(what, next, (now) => now.isStill && holds(now));
}

export const isAtEnd = ({ below }) => below < 4;
