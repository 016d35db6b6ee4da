import { html } from "lit";
import { live } from "lit/directives/live.js";
import { labelled } from "./labelled.js";

/** The time from the last letter to the search. */
const pauseMs = 250;
let timer = 0;
/** The field in which the operator types: a search that is shown meanwhile does not replace its text. */
let typing: HTMLInputElement | undefined;

/** A search field that calls `search` when the operator pauses or presses Enter. */
export function searchField(label: string, value: string, search: (text: string) => void): unknown {
  const run = (field: HTMLInputElement): void => {
    // The operator may have left the list meanwhile.
    if (field.isConnected) search(field.value.trim());
  };
  const field = html`<input
    class="field"
    id="search"
    type="search"
    autocomplete="off"
    spellcheck="false"
    dir="auto"
    maxlength="120"
    .value=${live(typing?.isConnected ? typing.value : value)}
    @input=${(event: Event) => {
      typing = event.currentTarget as HTMLInputElement;
      clearTimeout(timer);
      timer = window.setTimeout(run, pauseMs, typing);
    }}
    @keydown=${(event: KeyboardEvent) => {
      if (event.key !== "Enter") return;
      clearTimeout(timer);
      run(event.currentTarget as HTMLInputElement);
    }}
    @blur=${() => {
      typing = undefined;
    }}
  />`;
  return labelled("search", label, field, { box: "grow" });
}
