// SPDX-License-Identifier: Apache-2.0
// icon: drawings of 16 by 16, of lines in the colour of the text. They say nothing to a screen reader: a word stands beside.
const DRAWN = {
  ask: "M2.5 3.5h11v7.5H8l-3 2.5V11H2.5z",
  answers: "M3.5 2.5h9v11h-9zM6 6h4M6 8.5h4M6 11h2",
  dashboards: "M2.5 2.5h4.5v6H2.5zM9.5 2.5h4v3h-4zM9.5 8h4v5.5h-4zM2.5 11h4.5v2.5H2.5z",
  sources: "M2.5 4.2c0-2.2 11-2.2 11 0v7.6c0 2.2-11 2.2-11 0zM2.5 4.2c0 2.2 11 2.2 11 0M2.5 8c0 2.2 11 2.2 11 0",
  servers: "M2.5 3h11v4h-11zM2.5 9h11v4h-11zM5 5h.1M5 11h.1",
  approvals: "M2.5 2.500h11v8h-5l-3 3v-3h-3zM5.500 6.500l2 2 3.500-3.500",
  audit: "M3 4h10M3 8h10M3 12h6",
  settings: "M2.5 5h6M11.5 5h2M2.5 11h2M7.500 11h6M10 3.500v3M6 9.500v3",
  own: "M8 2.500a2.500 2.500 0 1 0 0 5 2.500 2.500 0 0 0 0-5zM3 13.500c0-5.500 10-5.500 10 0",
  add: "M8 3v10M3 8h10",
  close: "M4 4l8 8M12 4l-8 8",
  copy: "M5.500 5.500h8v8h-8zM3.500 10.500h-1v-8h8v1",
  more: "M3.500 8h.1M8 8h.1M12.500 8h.1",
  move: "M6 3.500h.1M10 3.500h.1M6 8h.1M10 8h.1M6 12.500h.1M10 12.500h.1",
  search: "M7 2.500a4.500 4.500 0 1 0 0 9 4.500 4.500 0 0 0 0-9zM10.500 10.500l3 3",
  pin: "M5.500 2.500h5l-.5 4 2 2.500h-8l2-2.500zM8 9v4.500",
  share: "M8 10V2.500M5 5l3-2.500L11 5M3.500 8v5.500h9V8",
  again: "M13 5.500A5.500 5.500 0 1 0 13.500 9M13.500 2.500v3.500H10",
  stop: "M4 4h8v8H4z",
  check: "M3 8.500l3.500 3.500L13 4.500",
  warn: "M8 2.500l6 11H2zM8 6.500v3.500M8 11.700h.1",
  back: "M9.500 3.500L5 8l4.500 4.500",
  open: "M6 3.500l4.500 4.500L6 12.500",
  edit: "M3 13l.5-3L10.500 3 13 5.500 6 12.500z",
  bell: "M4 11.500V7a4 4 0 0 1 8 0v4.500l1 1H3zM6.800 14h2.400",
  trash: "M3 4.500h10M6 4.500v-2h4v2M4.500 4.500l.5 9h6l.5-9",
} as const;
export type IconName = keyof typeof DRAWN;

export function Icon({ name }: { name: IconName }) {
  return (
    <svg class="icon" viewBox="0 0 16 16" width="16" height="16" fill="none" stroke="currentColor" stroke-width="1.4" stroke-linejoin="round" stroke-linecap="round" aria-hidden="true">
      <path d={DRAWN[name]} />
    </svg>
  );
}
