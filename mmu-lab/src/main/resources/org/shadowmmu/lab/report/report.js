// Hover or touch a chart: a line at the step below the pointer and the figures of every policy there.
"use strict";
for (const figure of document.querySelectorAll("figure.chart")) {
  const data = JSON.parse(figure.querySelector("script").textContent);
  const tip = figure.querySelector(".tip");
  const number = value => value.toLocaleString("en-US");
  const show = event => {
    const svg = event.currentTarget;
    const box = svg.getBoundingClientRect();
    const scale = svg.viewBox.baseVal.width / box.width;
    const left = Number(svg.dataset.left);
    const right = Number(svg.dataset.right);
    const at = ((event.clientX - box.left) * scale - left) / (right - left);
    if (at < -0.02 || at > 1.02) {
      hide();
      return;
    }
    const points = data.lines[0].values.length;
    const index = Math.max(0, Math.min(points - 1, Math.round(at * data.length / data.interval)));
    const x = left + (right - left) * index * data.interval / data.length;
    const cursor = svg.querySelector(".cursor");
    cursor.setAttribute("x1", x);
    cursor.setAttribute("x2", x);
    cursor.setAttribute("visibility", "visible");
    tip.replaceChildren();
    const head = document.createElement("b");
    head.textContent = (index * data.interval / data.unit).toFixed(data.digits) + data.clock;
    tip.append(head);
    for (const line of data.lines) {
      const row = document.createElement("div");
      row.className = "key c" + line.colour;
      row.append(document.createElement("i"), line.label + ": " + number(line.values[index]) + " ");
      if (line.low && line.low[index] !== line.high[index]) {
        const range = document.createElement("span");
        range.className = "range";
        range.textContent = "(" + number(line.low[index]) + " to " + number(line.high[index]) + ")";
        row.append(range);
      }
      tip.append(row);
    }
    tip.hidden = false;
    const pixel = x / scale;
    const width = tip.offsetWidth;
    tip.style.left = Math.max(0, pixel + 14 + width < box.width ? pixel + 14 : pixel - width - 14) + "px";
  };
  const hide = () => {
    tip.hidden = true;
    for (const cursor of figure.querySelectorAll(".cursor")) {
      cursor.setAttribute("visibility", "hidden");
    }
  };
  for (const svg of figure.querySelectorAll("svg")) {
    svg.addEventListener("pointermove", show);
    svg.addEventListener("pointerdown", show);
    svg.addEventListener("pointerleave", hide);
  }
}
