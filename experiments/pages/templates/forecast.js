"use strict";
// Draws one chart at a time from the numbers in the page. Days count from `start`, the first kept.
(() => {
  const numbers = JSON.parse(document.getElementById("numbers").textContent);
  const { days: past, ahead } = numbers;
  const DAY = 86400000, start = Date.parse(numbers.start);
  const SPANS = [[60, "2 months"], [182, "6 months"], [past, "all"]];
  const $ = (id) => document.getElementById(id);
  const [find, pick, chart, told, readout, table] = ["find", "pick", "chart", "told", "day", "days"].map($);
  const units = (x) => x.toLocaleString("en", { maximumFractionDigits: x < 10 ? 1 : 0 });
  const written = (day, options) =>
    new Date(start + day * DAY).toLocaleDateString("en-GB", { timeZone: "UTC", ...options });
  const longDay = (day) => written(day, { weekday: "short", day: "numeric", month: "long", year: "numeric" });
  const weekday = (day) => (new Date(start + day * DAY).getUTCDay() + 6) % 7; // Monday is 0

  // What can be shown: the whole shop, each store, each series.

  const oneStore = new Set(numbers.series.map((s) => s.store)).size === 1;
  const oneItem = new Set(numbers.series.map((s) => s.item)).size === 1;
  const isNumber = numbers.series.every((s) => /^-?\d+$/.test(s.store) && /^-?\d+$/.test(s.item));
  const both = (s) => (isNumber ? `store ${s.store}, item ${s.item}` : `${s.store} · ${s.item}`);
  const label = (s) => (isNumber || oneStore === oneItem ? both(s) : oneStore ? s.item : s.store);

  function together(name, members, key) {
    const sold = new Array(past).fill(0), mean = new Array(ahead).fill(0);
    for (const s of members) {
      s.sold.forEach((x, k) => { sold[s.from + k] += x; });
      if (s.mean) s.mean.forEach((x, k) => { mean[k] += x; });
    }
    const closed = members[0].closed.filter((d) => members.every((s) => s.closed.includes(d)));
    return { name, key, from: 0, sold, mean, closed, sum: true };
  }

  const series = numbers.series.map((s, k) => ({ ...s, name: label(s), key: `series-${k}` }));
  const groups = [];
  if (series.length > 1) groups.push(() => together("The whole shop", series, "shop"));
  if (!oneStore && !oneItem) {
    [...new Set(series.map((s) => s.store))].forEach((store, k) => groups.push(() =>
      together(`${isNumber ? "store " : ""}${store}, all items`, series.filter((s) => s.store === store), `store-${k}`)));
  }
  const views = [...groups.map((make) => make()), ...series];

  // The chart

  let view = views[0], at = null, span = null, frame = null;
  const isShut = (day) => view.closed.includes(weekday(day));
  const soldOn = (day) => view.sold[day - view.from];
  const isPast = (day) => day < past;

  function el(name, attributes, text) {
    const made = document.createElementNS("http://www.w3.org/2000/svg", name);
    for (const [key, value] of Object.entries(attributes)) made.setAttribute(key, value);
    if (text !== undefined) made.textContent = text;
    return made;
  }

  function html(name, text, className) {
    const made = document.createElement(name);
    if (text !== undefined) made.textContent = text;
    if (className) made.className = className;
    return made;
  }

  function ticks(top) {
    let step = 1;
    for (let power = 1; top / step > 4; power *= 10) {
      for (const factor of [1, 2, 5]) if (top / step > 4) step = factor * power;
    }
    const found = [];
    for (let value = 0; value <= top; value += step) found.push(value);
    return found;
  }

  function draw() {
    const width = Math.max(280, Math.round(chart.clientWidth)), height = width < 600 ? 260 : 340;
    const left = 46, right = 6, top = 24, bottom = 26;
    const last = view.mean ? past : view.from + view.sold.length; // of a series that ended: its own
    const first = Math.max(0, last - span), end = view.mean ? past + ahead : last, open = [];
    for (let day = first; day < end; day++) if (!isShut(day)) open.push(day);
    const before = open.filter((day) => isPast(day) && soldOn(day) !== undefined);
    const after = open.filter((day) => !isPast(day));
    const highest = Math.max(1, ...before.map(soldOn), ...after.map((day) => (view.high95 ?? view.mean)[day - past]));
    const x = (day) => left + ((day - first) / Math.max(1, end - 1 - first)) * (width - left - right);
    const y = (value) => height - bottom - (value / highest) * (height - bottom - top);
    const point = (value) => (day) => `${x(day).toFixed(1)},${y(value(day)).toFixed(1)}`;
    const on = (numbers) => (day) => numbers[day - past];
    const svg = el("svg", { viewBox: `0 0 ${width} ${height}`, role: "img", "aria-label": `Chart: ${summary()}` });

    for (const value of ticks(highest)) {
      svg.append(el("path", { class: "rule", d: `M${left},${y(value)}H${width - right}` }));
      svg.append(el("text", { class: "end", x: left - 6, y: y(value) + 4 }, value.toLocaleString("en")));
    }
    svg.append(el("text", { x: 0, y: 10 }, "units a day"));
    let free = left;
    for (let day = first; day < end; day++) {
      if (new Date(start + day * DAY).getUTCDate() !== 1) continue;
      svg.append(el("path", { class: "rule", d: `M${x(day)},${height - bottom}v5` }));
      if (x(day) < free || x(day) > width - 30) continue;
      const hasYear = free === left || new Date(start + day * DAY).getUTCMonth() === 0;
      svg.append(el("text", { class: "middle", x: Math.max(x(day), left + 4), y: height - 6 },
        written(day, hasYear ? { month: "short", year: "numeric" } : { month: "short" })));
      free = x(day) + 68;
    }
    for (const [low, high] of [["low95", "high95"], ["low80", "high80"]]) {
      if (!view[low] || !after.length) continue;
      const edge = [...after.map(point(on(view[high]))), ...after.map(point(on(view[low]))).reverse()];
      svg.append(el("polygon", { class: high.replace("high", "band"), points: edge.join(" ") }));
    }
    svg.append(el("polyline", { class: "sold", points: before.map(point(soldOn)).join(" ") }));
    if (view.mean) {
      svg.append(el("polyline", { class: "mean", points: after.map(point(on(view.mean))).join(" ") }));
      svg.append(el("path", { class: "today", d: `M${x(past - 0.5)},${top}V${height - bottom}` }));
      svg.append(el("text", { class: "middle", x: x(past - 0.5), y: 16 }, `from ${written(past, { day: "numeric", month: "short" })}`));
    }
    const wide = Math.max(1, (x(first + 1) - x(first)) * 0.7);
    for (let day = Math.max(first, view.from); day < end; day++) {
      if (isShut(day)) svg.append(el("path", { class: "shut", d: `M${x(day) - wide / 2},${height - bottom + 1}h${wide}` }));
    }
    const cursor = el("path", { class: "cursor" }), dot = el("circle", { class: "dot", r: 4 });
    svg.append(cursor, dot);
    chart.replaceChildren(svg);
    frame = { svg, first, end, left, right, width, height, top, bottom, x, y, cursor, dot };
    pointAt(at);
  }

  const valueAt = (day) => (isPast(day) ? soldOn(day) : view.mean?.[day - past]);

  function pointAt(day) {
    at = day === null ? null : Math.min(frame.end - 1, Math.max(frame.first, day));
    const value = at === null || isShut(at) ? undefined : valueAt(at);
    for (const mark of [frame.cursor, frame.dot]) mark.style.display = at === null ? "none" : "";
    frame.dot.style.display = value === undefined ? "none" : "";
    if (at !== null) {
      frame.cursor.setAttribute("d", `M${frame.x(at)},${frame.top}V${frame.height - frame.bottom}`);
      frame.dot.setAttribute("cx", frame.x(at));
      frame.dot.setAttribute("cy", frame.y(value ?? 0));
    }
    readout.textContent = at === null ? "Point at a day, or use the arrow keys." : dayWords(at);
  }

  function dayWords(day) {
    const value = valueAt(day);
    if (isShut(day)) return `${longDay(day)}: closed`;
    if (value === undefined) return `${longDay(day)}: not sold then`;
    if (isPast(day)) return `${longDay(day)}: ${units(value)} sold`;
    const k = day - past, ranges = view.low80
      ? `; 80 in 100: ${view.low80[k]} to ${view.high80[k]}; 95 in 100: ${view.low95[k]} to ${view.high95[k]}` : "";
    return `${longDay(day)}: ${units(value)} expected${ranges}`;
  }

  function summary() {
    if (!view.mean) return `${view.name}. No forecast: ${view.why}.`;
    const sum = (n) => Math.round(view.mean.slice(0, n).reduce((a, b) => a + b, 0)).toLocaleString("en");
    const sums = [7, 28].filter((n) => n <= ahead).map((n) => `${sum(n)} in ${n} days`);
    const by = view.source ? ` By ${view.source}.` : "";
    return `${view.name}. Expected: ${(sums.length ? sums : [`${sum(ahead)} in all`]).join(", ")}.${by}`;
  }

  function dayTable() {
    const made = html("table"), head = made.createTHead().insertRow(), body = made.createTBody();
    const columns = view.low80 ? ["day", "expected", "80 in 100", "95 in 100"] : ["day", "expected"];
    columns.forEach((name, k) => head.append(html("th", name, k ? "n" : "")));
    for (let k = 0; view.mean && k < ahead; k++) {
      const row = body.insertRow(), shut = isShut(past + k);
      const ranges = view.low80 ? [`${view.low80[k]}–${view.high80[k]}`, `${view.low95[k]}–${view.high95[k]}`] : [];
      row.append(html("th", written(past + k, { weekday: "short", day: "numeric", month: "short", year: "numeric" })));
      [shut ? "closed" : units(view.mean[k]), ...ranges.map((r) => (shut ? "" : r))]
        .forEach((text) => row.append(html("td", text, "n")));
    }
    table.querySelector("div").replaceChildren(made);
  }

  function show(chosen) {
    view = chosen;
    const [name, ...rest] = [view.name, summary().slice(view.name.length)];
    told.replaceChildren(html("b", name), ...rest);
    document.querySelectorAll(".ranges").forEach((each) => { each.hidden = !view.low80; });
    document.querySelectorAll(".expected").forEach((each) => { each.hidden = !view.mean; });
    document.querySelector(".marks").hidden = !view.closed.length;
    if (view.sum) told.append(" Ranges of series do not add up, so that a sum has none.");
    if (table.open) dayTable();
    draw();
  }

  // Choosing what to show

  function list() {
    const typed = find.value.trim().toLowerCase(), words = typed.split(/\s+/);
    const has = (v, text) => v.name.toLowerCase().includes(text);
    const found = views.filter((v) => words.every((word) => has(v, word)));
    found.sort((a, b) => has(b, typed) - has(a, typed)); // as it was typed, before the rest
    pick.replaceChildren(...found.map((v) => {
      const option = html("option", v.name);
      option.value = v.key;
      return option;
    }));
    if (!found.length) pick.append(html("option", "nothing of this name"));
    if (found.includes(view)) pick.value = view.key;
    else if (found.length) choose(found[0].key);
  }

  function choose(key) {
    const chosen = views.find((v) => v.key === key);
    if (!chosen) return;
    if (![...pick.options].some((option) => option.value === key)) { find.value = ""; list(); }
    pick.value = key;
    history.replaceState(null, "", `#${key}`);
    show(chosen);
  }

  function step(by) {
    const to = pick.selectedIndex + by;
    if (to >= 0 && to < pick.options.length) choose(pick.options[to].value);
  }

  function spanned(days) {
    span = days;
    for (const button of document.querySelectorAll(".spans button")) {
      button.setAttribute("aria-pressed", String(Number(button.dataset.days) === days));
    }
    if (frame) draw();
  }

  const shorter = SPANS.filter(([days], k) => k === SPANS.length - 1 || days < past);
  for (const [days, words] of shorter) {
    const button = html("button", words);
    button.type = "button";
    button.dataset.days = days;
    button.addEventListener("click", () => spanned(days));
    document.querySelector(".spans").append(button);
  }
  spanned(shorter[Math.min(shorter.length - 1, chart.clientWidth < 600 ? 0 : 1)][0]);
  document.querySelector(".tools").hidden = false;
  if (views.length === 1) document.querySelectorAll(".find, .pick, .steps").forEach((each) => { each.hidden = true; });

  find.addEventListener("input", list);
  pick.addEventListener("change", () => choose(pick.value));
  $("before").addEventListener("click", () => step(-1));
  $("after").addEventListener("click", () => step(1));
  table.addEventListener("toggle", () => { if (table.open) dayTable(); });
  addEventListener("hashchange", () => {
    choose(location.hash.slice(1));
    $("chart-title").scrollIntoView();
  });
  addEventListener("resize", draw);

  chart.tabIndex = 0;
  chart.setAttribute("role", "group");
  chart.setAttribute("aria-label", "Chart; the arrow keys go from day to day");
  const dayOf = (event) => {
    const box = frame.svg.getBoundingClientRect(), { left, right, width, first, end } = frame;
    const share = ((event.clientX - box.left) * width / box.width - left) / (width - left - right);
    return Math.round(first + share * (end - 1 - first));
  };
  chart.addEventListener("pointermove", (event) => pointAt(dayOf(event)));
  chart.addEventListener("pointerdown", (event) => pointAt(dayOf(event)));
  chart.addEventListener("keydown", (event) => {
    const from = at ?? past - 1;
    const to = { ArrowLeft: from - 1, ArrowRight: from + 1, Home: frame.first, End: frame.end - 1 }[event.key];
    if (to === undefined) return;
    event.preventDefault();
    pointAt(to);
  });

  list();
  const asked = views.find((v) => v.key === location.hash.slice(1));
  if (asked) choose(asked.key);
  else show(views[0]);
})();
