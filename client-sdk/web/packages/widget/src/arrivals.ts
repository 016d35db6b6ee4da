// Functions that announce a new message of another user: a preview, a sound, a notification. The widget loads this module at the first
// message.
export { announce, askForNotifications } from "./notifications.js";
export { Peek } from "./peek.js";
