// The view: where the picture is on the screen and how large, and the state whose layout it shows. All changes go
// through here, so that there is one place that paints, once a frame of the screen.

const LARGEST = 4, MARGIN = 24, GLIDE = 180; // times; pixels; milliseconds
const STILL = matchMedia("(prefers-reduced-motion: reduce)");

class View {
  constructor(stage, svg, program) {
    this.stage = stage;
    this.program = program;
    this.painter = new Painter(svg, program);
    this.x = this.y = 0;
    this.scale = 1;
    this.goal = { x: 0, y: 0, scale: 1 }; // where we are, or are gliding to
    this.marks = () => [];
    this.put(program.data.depth === null ? this.readable() : program.opened(0, program.data.depth));
  }

  /** As many levels open as can be read at once. */
  readable() {
    let best = this.program.opened(0, 0);
    for (let depth = 1; depth <= Math.min(3, this.program.deepest(0)); depth++) {
      const state = this.program.opened(0, depth);
      if (this.fitting(this.extent(this.program.layout(state))).scale < 0.65) break;
      best = state;
    }
    return best;
  }

  /** Show a state. */
  put(state) {
    this.state = state;
    this.layout = this.program.layout(state);
    this.paint();
  }

  paint() {
    this.waiting ??= requestAnimationFrame(() => this.now());
  }

  /** Paint at once. */
  now() {
    cancelAnimationFrame(this.waiting);
    this.waiting = null;
    if (this.held) return; // while it is printed
    const { width, height } = this.size(), { scale } = this, { x, y, layout } = this.passing ?? this;
    const window = { left: -x / scale, top: -y / scale, right: (width - x) / scale, bottom: (height - y) / scale };
    this.painter.show(layout, { ...window, scale });
    this.painter.above.replaceChildren(...(this.passing ? [] : this.marks()));
    this.painter.root.setAttribute("transform", `translate(${n(x)} ${n(y)}) scale(${scale})`);
  }

  size() {
    return { width: this.stage.clientWidth || 1, height: this.stage.clientHeight || 1 };
  }

  /** What the picture covers, the names of its wires and what is said below it included. */
  extent({ width, height, tops } = this.layout) {
    const { inputs, outputs, said } = this.program.data;
    const room = (names) => 12 + 7.5 * Math.max(0, ...names.map((name) => name.length));
    const above = tops.length ? ABOVE : 0, entering = new Set(tops.map(([i]) => i));
    const left = room(inputs.filter((_, i) => !entering.has(i))), right = Math.max(room(outputs), said ? room([said]) - width : 0);
    return { x: -left, y: -4 - above, w: width + left + right, h: height + 8 + above + (said ? CAPTION : 0) };
  }

  // -- moving --------------------------------------------------------------------------------------------------------

  /** Go to a place, at once or gliding there. */
  move(to, glide = false) {
    cancelAnimationFrame(this.gliding);
    this.goal = { x: this.x, y: this.y, scale: this.scale, ...to };
    if (!glide || STILL.matches || document.hidden) {
      Object.assign(this, to);
      this.busy(false);
      return this.paint();
    }
    const from = { x: this.x, y: this.y, scale: this.scale }, begun = performance.now();
    const step = (time) => {
      const t = Math.min(1, Math.max(0, (time - begun) / GLIDE)), eased = t * (2 - t);
      for (const key in from) this[key] = from[key] + (this.goal[key] - from[key]) * eased;
      this.now();
      this.busy(t < 1);
      if (t < 1) this.gliding = requestAnimationFrame(step);
    };
    this.busy(true);
    this.gliding = requestAnimationFrame(step);
  }

  /**
   * Show another state, in which the box at a path is open or closed where it was the other before. It stays where it is
   * on the screen and all else makes room, gradually for those who do not mind motion; `done` is called in the end.
   */
  turn(state, path, done) {
    const from = this.state, at = this.where(path), x = this.x + at.x * this.scale, y = this.y + at.y * this.scale;
    const pinned = ({ x: left, y: top }) => ({ x: x - left * this.scale, y: y - top * this.scale });
    this.put(state);
    this.move(pinned(this.where(path)));
    if (STILL.matches || document.hidden) return done();
    const opens = !at.inner, begun = performance.now();
    const step = (time) => {
      const t = Math.min(1, Math.max(0, (time - begun) / GLIDE)), eased = t * (2 - t);
      const layout = this.program.between(opens ? state : from, path, opens ? eased : 1 - eased);
      this.passing = t < 1 && this.state === state ? { layout, ...pinned(this.where(path, layout)) } : null;
      this.now();
      this.busy(this.passing);
      if (this.passing) return requestAnimationFrame(step);
      return this.state === state && done();
    };
    return step(begun);
  }

  busy(moving) {
    this.stage.setAttribute("aria-busy", String(Boolean(moving)));
  }

  pan(dx, dy) {
    this.move({ x: this.x + dx, y: this.y + dy });
  }

  /** Zoom about a point of the stage. */
  zoom(factor, x = this.size().width / 2, y = this.size().height / 2, glide = false) {
    const scale = Math.min(LARGEST, Math.max(Math.min(this.fitting().scale / 2, 0.5), this.scale * factor));
    const f = scale / this.scale;
    this.move({ x: x - (x - this.x) * f, y: y - (y - this.y) * f, scale }, glide);
  }

  /** The place in which a rectangle fills the stage, at most at its natural size. */
  fitting(rectangle = this.extent(), most = 1.25) {
    const { width, height } = this.size(), { x, y, w, h } = rectangle;
    const scale = Math.min(most, (width - 2 * MARGIN) / w, (height - 2 * MARGIN) / h);
    const positive = scale > 0 ? scale : most;
    return { x: width / 2 - (x + w / 2) * positive, y: height / 2 - (y + h / 2) * positive, scale: positive };
  }

  fit(glide) {
    this.move(this.fitting(), glide);
  }

  /** See to it that a rectangle is on the stage and its name legible, moving as little as that takes. */
  see(rectangle, readable = false) {
    const { width, height } = this.size();
    let { x, y, scale } = this.goal;
    if (readable && scale < 0.55) {
      ({ x, y, scale } = this.fitting(rectangle, 1));
      if (scale < 0.3) {
        scale = 0.6;
        x = MARGIN - rectangle.x * scale;
        y = MARGIN - rectangle.y * scale;
      }
    }
    const fitting = Math.min(1, (width - 2 * MARGIN) / (rectangle.w * scale), (height - 2 * MARGIN) / (rectangle.h * scale));
    if (fitting < 1 && !readable) return this.move(this.fitting(rectangle, scale), true);
    const inside = (at, length, from, most) => Math.min(Math.max(at, MARGIN - from), Math.max(MARGIN, most - MARGIN - length) - from);
    x = inside(x, rectangle.w * scale, rectangle.x * scale, width);
    y = inside(y, rectangle.h * scale, rectangle.y * scale, height);
    if (x !== this.goal.x || y !== this.goal.y || scale !== this.goal.scale) this.move({ x, y, scale }, true);
  }

  // -- where things are ----------------------------------------------------------------------------------------------

  /** The rectangle of the box at a path, its layout and where its frame is; null where it is not open to view. */
  where(path, layout = this.layout) {
    let x = 0, y = 0, found = null;
    for (const edge of path) {
      if (!layout) return null;
      const i = this.program.index(layout.frame.number, edge);
      if (i < 0) return null;
      const box = layout.boxes[i];
      found = { x: x + box.x, y: y + box.y, w: box.w, h: box.h, box: layout.frame.boxes[i], inner: layout.open.get(i) };
      [x, y, layout] = [found.x, found.y + this.program.data.room.header, found.inner];
    }
    return found;
  }

  /** What is at a point of the stage: a box, a dot or a wire, and the path of the frame it is in. */
  at(px, py) {
    let x = (px - this.x) / this.scale, y = (py - this.y) / this.scale;
    let layout = this.layout, path = [], held = null;
    for (;;) {
      const i = layout.boxes.findIndex((b) => b.x <= x && x <= b.x + b.w && b.y <= y && y <= b.y + b.h);
      if (i < 0) break;
      path = [...path, layout.frame.boxes[i].edge];
      const inner = layout.open.get(i), drawn = this.painter.shown.has(path.join(".") + ".");
      [x, y] = [x - layout.boxes[i].x, y - layout.boxes[i].y - this.program.data.room.header];
      held = { kind: "box", path, handle: !inner || (drawn && y < 0), drawn };
      if (!inner || !drawn || y < 0) return held;
      layout = inner;
    }
    const reach = 6 / this.scale;
    const dot = layout.dots.findIndex(([a, b]) => Math.hypot(a - x, b - y) < reach);
    if (dot >= 0) return { kind: "dot", path, layout, dot };
    const wire = nearest(layout, x, y, reach);
    return wire >= 0 ? { kind: "wire", path, layout, wire } : held;
  }
}

/** The number of the wire that passes within reach of a point. */
function nearest(layout, x, y, reach) {
  let best = reach, found = -1;
  layout.frame.wires.forEach((wire, w) => {
    for (const [x0, y0, x1, y1, c0, c1] of segments(layout, wire)) {
      if (x < x0 - reach || x > x1 + reach || y < Math.min(y0, y1) - reach || y > Math.max(y0, y1) + reach) continue;
      for (let i = 0; i <= 24; i++) {
        const t = i / 24, s = 1 - t;
        const a = s * s * s * x0 + 3 * s * s * t * c0 + 3 * s * t * t * c1 + t * t * t * x1;
        const b = (s * s * s + 3 * s * s * t) * y0 + (3 * s * t * t + t * t * t) * y1;
        const away = y0 === y1 ? Math.abs(y - y0) : Math.hypot(a - x, b - y);
        if (away < best) [best, found] = [away, w];
      }
    }
  });
  return found;
}
