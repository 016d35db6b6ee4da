// Work that closing the page would lose.

let running = 0;

/** Marks the begin of such work. Call the returned function at its end. */
export function occupied(): () => void {
  running += 1;
  return () => {
    running -= 1;
  };
}

export function isOccupied(): boolean {
  return running > 0;
}
