// What the reader does: point, click, type, walk, search, print; and what is said to those who do not see the picture.

const $ = (id) => document.getElementById(id);
const stage = $("stage"), svg = $("picture");
const program = new Program(JSON.parse($("data").textContent));
const view = new View(stage, svg, program);
const embedded = window !== window.top;
const count = (k, what) => `${k.toLocaleString("en")} ${what}${k === 1 ? "" : what.endsWith("x") ? "es" : "s"}`;

let here = []; // the path of the box in focus; empty: the whole diagram
let hot = null; // what the pointer is on

// -- words -----------------------------------------------------------------------------------------------------------

const say = (text) => { $("said").textContent = text; };
const note = (path, wire) => program.data.notes[path.join(".")]?.[wire];
const nameOf = (path) => program.label(program.box(path)).name;

/** What there is to say about the interior of a box. */
function interior(path) {
  const { inside } = program.box(path);
  if (inside === null) return "";
  if (inside < 0) return `${count(-inside, "box")} inside, too many for this page`;
  return `${count(program.data.frames[inside].boxes.length, "box")} inside, ${view.where(path)?.inner ? "open" : "closed"}`;
}

/** Lines about a box: its name, its type, what it costs, what is inside, and notes on what it makes. */
function aboutBox(path) {
  const box = program.box(path), { name, type, flops } = program.label(box);
  const notes = Array.from({ length: box.made }, (_, i) => note(path.slice(0, -1), box.first + i)).filter(Boolean);
  return [name, type, count(flops, "FLOP"), interior(path), ...notes.map((text) => "→ " + text)].filter(Boolean);
}

/** Lines about a wire: its type, its value, who makes it and who reads it. */
function aboutWire({ path, layout, wire }) {
  const { frame } = layout, { maker, readers } = program.connections(frame.number);
  const called = (who) => (who.box === undefined ? null : program.label(frame.boxes[who.box]).name);
  const from = maker.has(wire) ? called(maker.get(wire)) : "the input";
  const to = [...new Set((readers.get(wire) ?? []).map(called))];
  if (frame.ends.includes(wire)) to.push("the output");
  const way = [from && `from ${from}`, to.some(Boolean) && `to ${to.filter(Boolean).slice(0, 6).join(", ")}`];
  return [program.data.sorts[frame.wires[wire].sort], note(path, wire), way.filter(Boolean).join(" ")].filter(Boolean);
}

function about(what) {
  if (what.kind === "box") return aboutBox(what.path);
  if (what.kind === "wire") return aboutWire(what);
  return [program.data.sorts[what.layout.frame.dots[what.dot].hint]];
}

// -- the tooltip -----------------------------------------------------------------------------------------------------

function showTip(lines, x, y) {
  const tip = $("tip");
  const [first, ...rest] = lines.map((line, i) => {
    const made = document.createElement(i ? "div" : "b");
    made.dir = "auto";
    made.textContent = line;
    return made;
  });
  tip.replaceChildren(first, ...rest);
  tip.hidden = false;
  const { width, height } = tip.getBoundingClientRect();
  tip.style.left = `${Math.max(4, Math.min(x + 14, innerWidth - width - 6))}px`;
  tip.style.top = `${y + 18 + height > innerHeight ? Math.max(4, y - height - 12) : y + 18}px`;
}

const hideTip = () => { $("tip").hidden = true; };

/** The tooltip of the box in focus, beside it. */
function tipAtFocus() {
  const at = view.where(here);
  if (!at) return hideTip();
  const { left, top } = stage.getBoundingClientRect(), { x, y, scale } = view.goal;
  const below = at.y + (at.inner ? program.data.room.header : at.h);
  return showTip(aboutBox(here), left + x + at.x * scale, top + y + below * scale - 8);
}

// -- marks on the picture --------------------------------------------------------------------------------------------

view.marks = () => {
  const marks = [], frame = (path, kind) => {
    const at = view.where(path);
    if (at) marks.push(element("path", { class: kind, d: rounded(at.x - 2.5, at.y - 2.5, at.w + 5, at.h + 5, 6) }));
  };
  if (hot?.kind === "wire") {
    const around = hot.path.length ? view.where(hot.path) : { x: 0, y: -program.data.room.header };
    if (around) {
      const move = `translate(${n(around.x)} ${n(around.y + program.data.room.header)})`;
      marks.push(element("path", { class: "hot", transform: move, d: line(hot.layout, hot.layout.frame.wires[hot.wire]) }));
    }
  }
  if (here.length) frame(here, hits.length ? "found" : "ring");
  return marks;
};

// -- focus, opening and closing --------------------------------------------------------------------------------------

/** Put the focus on a box; the boxes around it are opened if they are not. */
function go(path, { move = true, readable = false, state = view.state } = {}) {
  here = path;
  if (path.length) {
    if (path.length > 1) state = program.changed(state, path.slice(0, -1), true);
    if (state !== view.state) view.put(state);
    const at = view.where(path);
    if (move && at) view.see(at, readable);
  }
  told();
}

/** Tell assistive technology, the trail and the address what is in focus. */
function told() {
  const box = $("at"), at = here.length ? view.where(here) : null;
  if (at) {
    const frame = program.frame(program.chain(here).at(-1).number);
    const place = 1 + frame.order.findIndex((i) => frame.boxes[i].edge === here.at(-1));
    box.setAttribute("aria-label", `${aboutBox(here).join(", ")}; ${place} of ${frame.boxes.length}`);
    if (at.box.inside !== null && at.box.inside >= 0) box.setAttribute("aria-expanded", String(Boolean(at.inner)));
    else box.removeAttribute("aria-expanded");
  } else {
    here = [];
    box.setAttribute("aria-label", `diagram of ${program.data.title}, ${count(program.frame(0).boxes.length, "box")}`);
    box.removeAttribute("aria-expanded");
  }
  stage.setAttribute("aria-activedescendant", "at");
  stage.classList.toggle("inside", here.length > 0);
  trail();
  remember();
  view.paint();
}

/** Where we are, from outside in, each step a button. */
function trail() {
  const steps = [[], ...here.map((_, i) => here.slice(0, i + 1))];
  $("trail").replaceChildren(...steps.flatMap((path, i) => {
    const button = document.createElement("button");
    button.dir = "auto";
    button.textContent = path.length ? short(nameOf(path), program.data.letters) : program.data.title;
    button.addEventListener("click", () => { go(path); stage.focus(); });
    return i ? ["›", button] : [button];
  }));
}

/** Open or close a box, which stays where it is on the screen. */
function toggle(path) {
  const before = view.where(path);
  if (!before || before.box.inside === null) return;
  if (before.box.inside < 0) return say(interior(path));
  here = path;
  hideTip();
  view.turn(program.changed(view.state, path, !before.inner), path, () => view.see(view.where(path)));
  told();
  say(`${nameOf(path)} ${before.inner ? "closed" : "opened"}, ${interior(path)}`);
}

function toggleAll(open) {
  view.put(open ? program.all(0) : program.opened(0, 0));
  here = view.where(here) ? here : here.slice(0, 1);
  view.fit(true);
  told();
  say(open ? `${count(program.count(0, program.deepest(0)), "box")} shown` : "all boxes closed");
}

// -- the address: which boxes are open, and which is in focus --------------------------------------------------------

function remember() {
  clearTimeout(remember.soon);
  remember.soon = setTimeout(() => {
    const parts = [`open=${program.written(view.state)}`, ...(here.length ? [`at=${here.join(".")}`] : [])];
    try {
      history.replaceState(null, "", "#" + parts.join("&"));
    } catch { /* a frame without an address of its own */ }
  }, 150);
}

function recall() {
  const said = new Map(location.hash.slice(1).split("&").map((part) => part.split("=")));
  if (said.has("open")) view.put(program.read(said.get("open") ?? ""));
  view.fit();
  const path = (said.get("at") ?? "").split(".").filter(Boolean).map(Number);
  if (path.length && program.box(path)) go(path, { readable: true });
  else told();
}

// -- the pointer -----------------------------------------------------------------------------------------------------

const pointers = new Map();
let travelled = 0;

const local = (event) => {
  const { left, top } = stage.getBoundingClientRect();
  return [event.clientX - left, event.clientY - top];
};

stage.addEventListener("pointerdown", (event) => {
  if (event.button) return;
  if (!pointers.size) travelled = 0;
  pointers.set(event.pointerId, local(event));
  stage.setPointerCapture(event.pointerId);
});

stage.addEventListener("pointermove", (event) => {
  const [x, y] = local(event), old = pointers.get(event.pointerId);
  if (!old) return hover(event, x, y);
  travelled += Math.hypot(x - old[0], y - old[1]);
  if (pointers.size === 1 && travelled > 4) view.pan(x - old[0], y - old[1]);
  if (pointers.size === 2) {
    const [[, other]] = [...pointers].filter(([id]) => id !== event.pointerId);
    const spread = (p) => Math.hypot(p[0] - other[0], p[1] - other[1]) || 1;
    view.zoom(spread([x, y]) / spread(old), other[0], other[1]);
  }
  pointers.set(event.pointerId, [x, y]);
  stage.classList.toggle("dragged", travelled > 4);
  hideTip();
});

function released(event) {
  const was = pointers.delete(event.pointerId);
  stage.classList.remove("dragged");
  if (!was || event.type !== "pointerup" || travelled > 4 || pointers.size) return;
  const found = view.at(...local(event));
  if (found?.kind !== "box") return go([]);
  if (!found.drawn && view.where(found.path).inner) return view.move(view.fitting(view.where(found.path)), true);
  if (found.handle && program.box(found.path).inside !== null) toggle(found.path);
  else go(found.path, { move: false });
}
stage.addEventListener("pointerup", released);
stage.addEventListener("pointercancel", released);
stage.addEventListener("pointerleave", () => { hot = null; hideTip(); view.paint(); });

function hover(event, x, y) {
  hot = view.at(x, y);
  stage.classList.toggle("box", hot?.kind === "box" && hot.handle && program.box(hot.path).inside !== null);
  if (!hot || (hot.kind === "box" && hot.drawn && !hot.handle)) hideTip();
  else showTip(about(hot), event.clientX, event.clientY);
  view.paint();
}

stage.addEventListener("wheel", (event) => {
  if (embedded && !event.ctrlKey && !document.hasFocus()) return;
  event.preventDefault();
  const unit = [1, 16, stage.clientHeight][event.deltaMode];
  if (!event.ctrlKey && (event.shiftKey || event.deltaX)) view.pan(-event.deltaX * unit, -event.deltaY * unit);
  else view.zoom(Math.exp(-event.deltaY * unit * (event.ctrlKey ? 0.01 : 0.002)), ...local(event));
  hideTip();
}, { passive: false });

// -- the keyboard ----------------------------------------------------------------------------------------------------

/** The box that an arrow leads to: along a wire, into an open box, or to the next of the level. */
function towards(key) {
  if (!here.length) return [program.frame(0).order[0]].filter((i) => i !== undefined).map((i) => program.frame(0).boxes[i].edge);
  const frame = program.frame(program.chain(here).at(-1).number);
  if (key === "ArrowRight" || key === "ArrowLeft") {
    const ahead = key === "ArrowRight", inside = view.where(here).inner ? program.neighbours(here, ahead, true) : [];
    return [...inside, ...program.neighbours(here, ahead)][0];
  }
  const place = frame.order.findIndex((i) => frame.boxes[i].edge === here.at(-1)) + (key === "ArrowDown" ? 1 : -1);
  return frame.order[place] === undefined ? undefined : [...here.slice(0, -1), frame.boxes[frame.order[place]].edge];
}

function walk(key) {
  const path = towards(key);
  if (!path?.length) return say({ ArrowRight: "no box reads this", ArrowLeft: "made by no box" }[key] ?? "no more boxes on this level");
  go(path);
  return tipAtFocus();
}

const KEYS = {
  ArrowRight: walk, ArrowLeft: walk, ArrowUp: walk, ArrowDown: walk,
  Enter: () => { if (here.length) toggle(here); },
  Escape: () => { hideTip(); if (!$("keys").hidden) keys(); else go(here.slice(0, -1)); },
  "/": () => search(true),
  "?": () => keys(),
  "+": () => view.zoom(1.3, undefined, undefined, true),
  "-": () => view.zoom(1 / 1.3, undefined, undefined, true),
  0: () => view.fit(true),
  e: () => toggleAll(true),
  c: () => toggleAll(false),
};
Object.assign(KEYS, { " ": KEYS.Enter, "=": KEYS["+"], "−": KEYS["-"], Home: () => go(towards("")) });

document.addEventListener("keydown", (event) => {
  if (event.ctrlKey || event.metaKey || event.altKey || event.target === $("query")) return;
  if (event.target.tagName === "BUTTON" && [" ", "Enter"].includes(event.key)) return;
  if (!KEYS[event.key]) return;
  event.preventDefault();
  if (document.activeElement !== stage) stage.focus({ preventScroll: true });
  KEYS[event.key](event.key);
});

function keys() {
  $("keys").hidden = !$("keys").hidden;
  $("help").setAttribute("aria-expanded", String(!$("keys").hidden));
}

// -- search ----------------------------------------------------------------------------------------------------------

let hits = [], hit = 0, base = null;
const MOST = 1000;

function search(open) {
  $("search").hidden = !open;
  if (open) {
    base = view.state;
    $("query").select();
    $("query").focus();
    lookup();
  } else {
    hits = [];
    stage.focus();
    told();
  }
}

function lookup() {
  hits = program.find($("query").value.trim(), MOST);
  hit = 0;
  land();
}

/** Show the hit we are at: boxes opened for the hit before are closed again. */
function land() {
  const some = hits.length === MOST ? `${MOST} or more` : hits.length;
  const text = hits.length ? `${hit + 1} of ${some}` : $("query").value.trim() ? "none" : "";
  $("found").value = text;
  if (!hits.length) return view.paint();
  go(hits[hit], { readable: true, state: base });
  return say(`${text}: ${nameOf(hits[hit])}`);
}

$("query").addEventListener("input", lookup);
$("search").addEventListener("submit", (event) => event.preventDefault());
$("query").addEventListener("keydown", (event) => {
  if (event.key === "Escape") search(false);
  if (event.key !== "Enter" || !hits.length) return;
  event.preventDefault();
  hit = (hit + (event.shiftKey ? hits.length - 1 : 1)) % hits.length;
  land();
});

// -- buttons, paper, and the beginning -------------------------------------------------------------------------------

const BUTTONS = {
  expand: KEYS.e, collapse: KEYS.c, find: () => search($("search").hidden), out: KEYS["-"], in: KEYS["+"], fit: KEYS[0], help: keys,
};
for (const [id, act] of Object.entries(BUTTONS)) $(id).addEventListener("click", act);

const FINE = 4000; // pixels across the paper

/** On paper: all of the diagram, as it is open now, in finer detail than a screen has. */
addEventListener("beforeprint", () => {
  view.held = true;
  const { x, y, w, h } = view.extent();
  svg.setAttribute("preserveAspectRatio", "xMidYMin");
  svg.setAttribute("viewBox", `${n(x)} ${n(y)} ${n(w)} ${n(h)}`);
  view.painter.show(view.layout, { left: x, top: y, right: x + w, bottom: y + h, scale: FINE / w });
  view.painter.root.removeAttribute("transform");
  view.painter.above.replaceChildren();
});
addEventListener("afterprint", () => {
  view.held = false;
  svg.removeAttribute("viewBox");
  view.now();
});

new ResizeObserver(() => view.paint()).observe(stage);
addEventListener("hashchange", recall);
$("bar").hidden = false;
recall();
view.now();
document.documentElement.dataset.ready = "yes";
