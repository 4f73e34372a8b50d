// SPDX-License-Identifier: Apache-2.0
// draw-examples: a page's script that draws the examples of charts as any page of ours would.
import { drawChart, readSpec, toElement } from "../../../web/chart/chart.ts";
import { walk } from "../../../web/chart/walk.ts";

const examples: { spec: unknown }[] = await (await fetch("/examples.json")).json();
const main = document.querySelector("main")!;
walk(main, () => undefined);
for (const [i, { spec }] of examples.entries()) {
  main.append(toElement(drawChart(readSpec(spec), { id: `chart-${i}`, width: 500, live: true }).node, document));
}
main.dataset.drawn = "yes";
