import { css } from "lit";

/** The hue of each colour of `colourOf`, as a custom property of the classes `c0`, `c1` and so on. */
export const hues = css`
  .c0 { --hue: 265; }
  .c1 { --hue: 20; }
  .c2 { --hue: 150; }
  .c3 { --hue: 320; }
  .c4 { --hue: 60; }
  .c5 { --hue: 200; }
  .c6 { --hue: 95; }
  .c7 { --hue: 295; }
  .c8 { --hue: 235; }
  .c9 { --hue: 350; }
`;
