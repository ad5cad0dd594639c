// Point at a chart with mouse, finger or arrow keys: a line at the nearest place, and the figures of every policy there.
"use strict";
const number = value => value.toLocaleString("en-US");

/** The stops of a course over time, which has the same distance everywhere: {interval, length, unit, digits, clock, lines}. */
function course(data) {
  return data.lines[0].values.map((unused, index) => ({
    at: index * data.interval / data.length,
    head: (index * data.interval / data.unit).toFixed(data.digits) + data.clock,
    get rows() {
      return data.lines.map(line => ({
        label: line.label, colour: line.colour, text: number(line.values[index]),
        range: line.low && line.low[index] !== line.high[index]
            ? "(" + number(line.low[index]) + " to " + number(line.high[index]) + ")" : ""}));
    }
  }));
}

for (const figure of document.querySelectorAll("figure.chart")) {
  const data = JSON.parse(figure.querySelector("script").textContent);
  const stops = data.stops || course(data);
  const down = data.along === "y";
  const tip = figure.querySelector(".tip");
  let current = -1;

  const hide = () => {
    tip.hidden = true;
    current = -1;
    for (const cursor of figure.querySelectorAll(".cursor")) {
      cursor.setAttribute("visibility", "hidden");
    }
  };

  const show = (svg, index) => {
    current = Math.max(0, Math.min(stops.length - 1, index));
    const stop = stops[current];
    const box = svg.getBoundingClientRect();
    const scale = svg.viewBox.baseVal.width / box.width;
    const from = Number(svg.dataset.from);
    const place = from + (Number(svg.dataset.to) - from) * stop.at;
    const cursor = svg.querySelector(".cursor");
    for (const end of ["1", "2"]) {
      cursor.setAttribute((down ? "y" : "x") + end, place);
    }
    cursor.setAttribute("visibility", "visible");
    const head = document.createElement("b");
    head.textContent = stop.head;
    tip.replaceChildren(head);
    for (const {label, colour, text, range} of stop.rows) {
      const row = document.createElement("div");
      row.className = "key c" + colour;
      row.append(document.createElement("i"), label + ": " + text + " ");
      if (range) {
        const more = document.createElement("span");
        more.className = "range";
        more.textContent = range;
        row.append(more);
      }
      tip.append(row);
    }
    tip.hidden = false;
    const top = box.top - figure.getBoundingClientRect().top;
    const pixel = place / scale;
    const width = tip.offsetWidth;
    const left = down ? box.width - width : pixel + 14 + width < box.width ? pixel + 14 : pixel - width - 14;
    tip.style.left = Math.max(0, Math.min(left, box.width - width)) + "px";
    tip.style.top = top + (down ? pixel + 14 : 6) + "px";
  };

  const point = event => {
    const svg = event.currentTarget;
    const box = svg.getBoundingClientRect();
    const scale = svg.viewBox.baseVal.width / box.width;
    const pixel = (down ? event.clientY - box.top : event.clientX - box.left) * scale;
    const from = Number(svg.dataset.from);
    const at = (pixel - from) / (Number(svg.dataset.to) - from);
    if (at < -0.02 || at > 1.02) {
      hide();
      return;
    }
    const distance = index => Math.abs(stops[index].at - at);
    let nearest = 0;
    for (let index = 1; index < stops.length; index++) {
      if (distance(index) < distance(nearest)) {
        nearest = index;
      }
    }
    show(svg, nearest);
  };

  const key = event => {
    const large = Math.max(1, Math.round(stops.length / 20));
    const step = {ArrowLeft: -1, ArrowUp: -1, ArrowRight: 1, ArrowDown: 1, PageUp: -large, PageDown: large}[event.key];
    if (event.key === "Escape") {
      hide();
    } else if (event.key === "Home" || event.key === "End") {
      show(event.currentTarget, event.key === "Home" ? 0 : stops.length - 1);
    } else if (step) {
      show(event.currentTarget, current < 0 ? 0 : current + step);
    } else {
      return;
    }
    event.preventDefault();
  };

  for (const svg of figure.querySelectorAll("svg")) {
    svg.addEventListener("pointermove", point);
    svg.addEventListener("pointerdown", point);
    // A finger leaves when it is lifted; what it pointed at stays until it points elsewhere.
    svg.addEventListener("pointerleave", event => event.pointerType === "touch" || hide());
    svg.addEventListener("keydown", key);
    svg.addEventListener("blur", hide);
  }
  document.addEventListener("pointerdown", event => figure.contains(event.target) || hide());
}
