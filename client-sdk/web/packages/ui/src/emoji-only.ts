/** At most this many emoji are shown large. */
const largeMax = 3;
/** An emoji: a flag, a key cap, or a picture with a skin tone, a tag sequence, or further pictures joined to it. */
const emoji =
  /\p{RI}{2}|[0-9#*]\uFE0F?\u20E3|(?:\p{Emoji_Presentation}|\p{Emoji_Modifier_Base}(?=\p{EMod})|\p{Extended_Pictographic}(?=\uFE0F|\u200D))(?:\p{EMod}|\uFE0F)?[\u{E0020}-\u{E007F}]*(?:\u200D\p{Extended_Pictographic}(?:\p{EMod}|\uFE0F)?)*/gu;

/** Whether a text is one to three emoji and nothing else: it is shown large. */
export function isEmojiOnly(text: string): boolean {
  // An emoji may have many characters, such as a family; a longer text is no single emoji.
  if (!text || text.length > largeMax * 40) return false;
  const count = text.match(emoji)?.length ?? 0;
  return count > 0 && count <= largeMax && text.replace(emoji, "").trim() === "";
}
