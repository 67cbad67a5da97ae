// Painting: SVG for the frames that can be seen, and for nothing else. A frame is a handful of elements: all its wires
// of one colour are one path, and so are its boxes; names are drawn where they are large enough to read.

const SVG = "http://www.w3.org/2000/svg";
const LEGIBLE = 4.5, WORTH = 14; // pixels on the screen: a line of text, a frame
const CAPTION = 28, ABOVE = 15; // from the bottom of the picture to a line below it; room for names above it

function element(tag, attributes = {}, ...children) {
  const made = document.createElementNS(SVG, tag);
  for (const [name, value] of Object.entries(attributes)) made.setAttribute(name, value);
  made.append(...children);
  return made;
}

const n = (x) => Math.round(x * 10) / 10;
const TONES = ["forward", "reverse", "update", "bad"]; // the later, the more it is to be seen
const circle = (x, y, r) => `M${n(x - r)} ${n(y)}a${r} ${r} 0 1 0 ${2 * r} 0a${r} ${r} 0 1 0 ${-2 * r} 0`;

function rounded(x, y, w, h, r) {
  const a = (dx, dy) => `a${r} ${r} 0 0 1 ${dx} ${dy}`;
  return `M${n(x + r)} ${n(y)}h${n(w - 2 * r)}${a(r, r)}v${n(h - 2 * r)}${a(-r, r)}h${n(2 * r - w)}${a(-r, -r)}v${n(2 * r - h)}${a(r, -r)}z`;
}

/** Path data of a wire. */
function line(layout, wire) {
  let d = "", pen = "";
  for (const [x0, y0, x1, y1, c0, c1] of segments(layout, wire)) {
    const start = n(x0) + " " + n(y0), end = n(x1) + " " + n(y1);
    if (start !== pen) d += "M" + start;
    d += n(y0) === n(y1) ? "H" + n(x1) : `C${n(c0)} ${n(y0)} ${n(c1)} ${n(y1)} ${end}`;
    pen = end;
  }
  return d;
}

/** A name as it is written in a picture. */
function short(text, most) {
  const letters = Array.from(text);
  return letters.length <= most ? text : letters.slice(0, most - 1).join("") + "…";
}

/** The elements of the frame at a key, names excepted. */
function drawn(layout, key, program) {
  const paths = new Map();
  const add = (kind, d) => paths.set(kind, (paths.get(kind) ?? "") + d);
  const { frame, boxes } = layout, { wires: bad, edge: first } = program.bad(key);
  const tone = (reverse, isBad) => TONES[isBad ? 3 : reverse];
  frame.boxes.forEach((b, i) => {
    const { x, y, w, h } = boxes[i], open = layout.open.has(i), shade = tone(b.reverse, b.edge === first);
    add(shade + (open ? "-open" : "-box"), rounded(x, y, w, h, open ? 9 : 4));
    if (!open && b.inside !== null) add(shade + "-fold", `M${n(x + 5)} ${n(y + h - 3.5)}h${n(w - 10)}`);
  });
  frame.wires.forEach((wire, w) => add(tone(wire.reverse, bad.has(w)) + "-wire", line(layout, wire)));
  frame.dots.forEach(({ kind, reverse, wire, edge }, i) => {
    const [x, y] = layout.dots[i];
    add(tone(reverse, bad.has(wire) || (edge >= 0 && edge === first)) + (kind === "hollow" ? "-hollow" : "-dot"), circle(x, y, { filled: 3.2, hollow: 4.2, point: 2.4 }[kind]));
  });
  const order = ["open", "wire", "box", "fold", "dot", "hollow"];
  return order.flatMap((kind) => TONES.map((shade) => `${shade}-${kind}`))
    .filter((kind) => paths.has(kind))
    .map((kind) => element("path", { class: kind, d: paths.get(kind) }));
}

/** The names in a frame. */
function named(layout, program) {
  const made = [], { letters } = program.data;
  layout.frame.boxes.forEach((b, i) => {
    const { x, y, w, h } = layout.boxes[i], name = short(program.label(b).name, letters);
    const at = layout.open.has(i) ? { class: "title start", x: n(x + 10), y: n(y + 15) } : { x: n(x + w / 2), y: n(y + h / 2) };
    made.push(element("text", { ...at, dy: "0.35em" }, name));
  });
  layout.frame.texts.forEach(({ anchor, text }, i) => {
    const [x, y] = layout.texts[i];
    made.push(element("text", { class: `value ${anchor}`, x: n(x), y: n(y), dy: "0.35em" }, text));
  });
  return made;
}

/** What is written at the outermost wires, and what is said of a run below it all. */
function interfaces(layout, { inputs, outputs, said }) {
  const name = (text, x, y, anchor) => element("text", { class: `name ${anchor}`, x: n(x), y: n(y), dy: "0.35em" }, text);
  const tops = new Map(layout.tops);
  return [
    ...inputs.map((text, i) => (tops.has(i) ? name(text, tops.get(i), -ABOVE / 2, "") : name(text, -6, layout.ins[i], "end"))),
    ...outputs.map((text, i) => name(text, layout.width + 6, layout.outs[i], "start")),
    ...(said ? [element("text", { class: "value start", x: 0, y: n(layout.height + CAPTION) }, said)] : []),
  ];
}

/** What is on the screen of a program, kept in step with the state and the view. */
class Painter {
  constructor(svg, program) {
    this.program = program;
    this.root = svg.appendChild(element("g"));
    this.below = this.root.appendChild(element("g"));
    this.names = this.root.appendChild(element("g", { class: "names" }));
    this.above = this.root.appendChild(element("g"));
    this.shown = new Map();
  }

  /** Show what a view sees of a layout: frames by path, those too small left out. */
  show(layout, view) {
    const { scale, left, top, right, bottom } = view;
    const legible = this.program.data.font * scale >= LEGIBLE;
    const next = new Map(), large = [];
    const todo = [{ key: "", layout, x: 0, y: 0 }];
    for (const item of todo) {
      next.set(item.key, item);
      item.layout.frame.boxes.forEach((b, i) => {
        const box = item.layout.boxes[i], x = item.x + box.x, y = item.y + box.y;
        if (x > right || y > bottom || x + box.w < left || y + box.h < top) return;
        const inner = item.layout.open.get(i);
        const inside = inner && !inner.empty && Math.min(box.w, box.h) * scale >= WORTH;
        if (!legible) large.push({ b, x, y, w: box.w, h: box.h, inside });
        if (inside) {
          todo.push({ key: item.key + b.edge + ".", layout: inner, x, y: y + this.program.data.room.header });
        }
      });
    }
    for (const [key, old] of this.shown) {
      const item = next.get(key);
      if (item?.layout === old.layout) continue;
      old.group.remove();
      this.shown.delete(key);
    }
    for (const [key, item] of next) {
      let old = this.shown.get(key);
      if (!old) {
        const group = element("g", {}, ...drawn(item.layout, key, this.program));
        this.shown.set(key, (old = { ...item, group, x: NaN, texts: null }));
        this.below.append(group);
      }
      if (old.x !== item.x || old.y !== item.y) {
        old.group.setAttribute("transform", `translate(${n(item.x)} ${n(item.y)})`);
        Object.assign(old, { x: item.x, y: item.y });
      }
      if (legible && !old.texts) {
        old.texts = [...named(item.layout, this.program), ...(key ? [] : interfaces(item.layout, this.program.data))];
        old.group.append(...old.texts);
      }
    }
    this.sort(next);
    this.below.classList.toggle("far", !legible);
    this.names.replaceChildren(...this.signs(large, view));
  }

  /** Frames stand in the document before the frames in them. */
  sort(next) {
    let before = null;
    for (const key of next.keys()) {
      const { group } = this.shown.get(key);
      if (group.previousSibling !== before) this.below.insertBefore(group, before ? before.nextSibling : this.below.firstChild);
      before = group;
    }
  }

  /** Names of large boxes when their own are too small to read, all of one size on the screen. */
  signs(large, { scale }) {
    const size = 12 / scale, taken = [], made = [];
    this.names.setAttribute("font-size", n(size));
    for (const { b, x, y, w, h, inside } of large) {
      const name = short(this.program.label(b).name, this.program.data.letters), room = name.length * size * 0.62;
      if (made.length >= 300 || w < room || h < size) continue;
      const left = inside ? x + size / 2 : x + (w - room) / 2, middle = inside ? y + size * 0.9 : y + h / 2;
      if (taken.some(([p, q, r]) => Math.abs(q - middle) < size * 1.2 && p < left + room && left < p + r)) continue;
      taken.push([left, middle, room]);
      made.push(element("text", { x: n(inside ? left : x + w / 2), y: n(middle), dy: "0.35em", class: inside ? "start" : "" }, name));
    }
    return made;
  }
}
