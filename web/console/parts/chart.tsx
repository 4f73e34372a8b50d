// SPDX-License-Identifier: Apache-2.0
// chart: a ChartSpec drawn by web/chart, which is loaded where there is one. It is drawn as wide as there is room, and again
// when that changes.
import { useEffect, useId, useRef, useState } from "preact/hooks";
import { Fault } from "../api/client.ts";
import { FaultNotice } from "./notice.tsx";

export function Chart({ spec }: { spec: unknown }) {
  const ref = useRef<HTMLDivElement>(null), id = useId(), [broken, setBroken] = useState(false), [told, tell] = useState("");
  useEffect(() => {
    const frame = ref.current;
    if (!frame) return;
    let width = 0, current = true;
    const loaded = Promise.all([import("../../chart/chart.ts"), import("../../chart/walk.ts")]);
    void loaded.then(([, { walk }]) => walk(frame, tell));
    const draw = async (): Promise<void> => {
      const [{ drawOrTable, readSpec, toElement }] = await loaded;
      if (!current || !width) return;
      try {
        const { node } = drawOrTable(readSpec(spec), { id: `chart${id}`, width, live: true });
        frame.replaceChildren(toElement(node, document));
      } catch {
        setBroken(true);
      }
    };
    const watch = new ResizeObserver(([entry]) => {
      const next = Math.floor(entry?.contentRect.width ?? 0);
      if (next === width) return;
      width = next;
      void draw();
    });
    watch.observe(frame);
    return () => {
      current = false;
      watch.disconnect();
    };
  }, [spec]);
  return broken ? <FaultNotice fault={new Fault(500)} /> : (
    <div class="chart">
      <div ref={ref} />
      <p class="readout quiet" aria-hidden="true">
        {told}
      </p>
    </div>
  );
}
