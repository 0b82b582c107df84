// The steps of the last request, in the order in which they stand, with their times. The names that the pipeline
// file has for them stand beside: who changes it looks for those.
import { byId, el, milliseconds, number } from "./dom.js";
import { state, when } from "./state.js";
import { stepName } from "./steps.js";

export function showPipeline() {
  const last = state.last;
  const status = byId("pipeline-status");
  byId("pipeline-table").hidden = !last?.stages;
  if (!last?.stages) {
    status.textContent = "Search or ask something first: this shows what was done for it, and how long each step took.";
    byId("pipeline-stages").replaceChildren();
    return;
  }
  const what = last.what === "ask" ? "Question" : "Search";
  status.textContent = `${what} “${last.text}” took ${milliseconds(last.milliseconds)}`;
  const most = Math.max(...last.stages.map((stage) => stage.busy_milliseconds), 1e-9);
  byId("pipeline-stages").replaceChildren(...last.stages.map((stage) => {
    const fill = el("span", { class: "row-fill" });
    fill.style.width = `${Math.max(1, (stage.busy_milliseconds / most) * 100)}%`;
    return el("li", {}, el("span", { class: "flow-name" }, stepName(stage.stage)), el("span", { class: "flow-time" }, milliseconds(stage.busy_milliseconds)),
      el("span", { class: "row-track", "aria-hidden": "true" }, fill));
  }));
  byId("pipeline-table").tBodies[0].replaceChildren(...last.stages.map((stage) =>
    el("tr", {}, el("th", { scope: "row" }, stepName(stage.stage)), el("td", { class: "name" }, stage.stage),
      ...[number.format(stage.calls), number.format(stage.items), stage.tokens ? number.format(stage.tokens) : "–",
        stage.batch_fill ? `${Math.round(stage.batch_fill * 100)} %` : "–",
        stage.wait_milliseconds.toFixed(2), stage.busy_milliseconds.toFixed(2)].map((cell) => el("td", {}, cell)))));
}
when("last", showPipeline);
