// What happens when a message of another user arrives: a preview, a sound, a notification. Loaded with the first message.
export { announce, askForNotifications } from "./notifications.js";
export { Peek } from "./peek.js";
