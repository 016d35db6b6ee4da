// What the list of messages needs only after it has shown its first messages. It is loaded then, so that they are shown earlier.
import "./arrivals.js";
import "./floating-date.js";
import "./latest-button.js";
import "./popup.js";

export { messageActions } from "./message-actions.js";
export { onDayChange } from "./passing-time.js";
