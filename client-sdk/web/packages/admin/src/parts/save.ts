/** Saves a file to the operator's disk. */
export function save(content: Blob, name: string): void {
  const link = document.createElement("a");
  link.href = URL.createObjectURL(content);
  // Ids may contain letters that file names can't have.
  link.download = name.replace(/[^\p{L}\p{N}._-]+/gu, "_");
  link.click();
  // The browser has begun to read it by then.
  setTimeout(() => URL.revokeObjectURL(link.href), 10_000);
}
