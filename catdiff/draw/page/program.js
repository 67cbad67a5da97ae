// The program, and which of its boxes are open. A state of a frame is immutable and shared: two occurrences of an
// interior whose open boxes are the same are one object, laid out once. A path is a list of edge numbers, from outside.

const MANY = 200000, LEVELS = 100; // boxes and levels that "expand all" opens

class State {
  constructor(frame, open) {
    this.frame = frame; // its number
    this.open = open; // indices of open boxes, with the states of their interiors
  }
}

class Program {
  constructor(data) {
    this.data = data;
    this.prepared = [];
    this.known = new Map();
    this.counted = new Map();
  }

  /** A frame, ready for the geometry. */
  frame(number) {
    return (this.prepared[number] ??= prepare(this.data.frames[number], number));
  }

  label(box) {
    const [name, type, room, flops] = this.data.labels[box.label];
    return { name, type, room, flops };
  }

  /** How many boxes there are in a frame, unfolded to a depth. */
  count(number, depth) {
    const key = depth + " " + number;
    if (!this.counted.has(key)) {
      const { boxes } = this.data.frames[number];
      let n = boxes.length;
      if (depth) for (const box of boxes) if (box[2] >= 0 && box[2] !== null) n += this.count(box[2], depth - 1);
      this.counted.set(key, n);
    }
    return this.counted.get(key);
  }

  /** The state of a frame in which so many levels of boxes are open. */
  opened(number, depth) {
    const key = depth + " " + number;
    if (!this.known.has(key)) {
      const open = new Map();
      if (depth) this.data.frames[number].boxes.forEach(([, , inside], i) => {
        if (inside !== null && inside >= 0) open.set(i, this.opened(inside, depth - 1));
      });
      this.known.set(key, new State(number, open));
    }
    return this.known.get(key);
  }

  /** How many levels are opened before there are too many boxes, or none to open. */
  deepest(number) {
    let depth = 0, level = new Set([number]);
    for (; depth < LEVELS; depth++) {
      level = new Set([...level].flatMap((k) => this.data.frames[k].boxes.map((box) => box[2]).filter((k) => k !== null && k >= 0)));
      if (!level.size || this.count(number, depth + 1) > MANY) return depth;
    }
    return depth;
  }

  all(number) {
    return this.opened(number, this.deepest(number));
  }

  /** Index, in its frame, of the box that is an edge. */
  index(number, edge) {
    return this.data.frames[number].boxes.findIndex((box) => box[0] === edge);
  }

  /** A state with the box at a path open or closed, and the boxes around it open. */
  changed(state, path, open) {
    const [edge, ...rest] = path, i = this.index(state.frame, edge);
    const inside = this.data.frames[state.frame].boxes[i]?.[2] ?? -1;
    if (i < 0 || inside < 0) return state;
    const next = new Map(state.open);
    if (rest.length) next.set(i, this.changed(next.get(i) ?? this.opened(inside, 0), rest, open));
    else if (!open) next.delete(i);
    else if (!next.has(i)) next.set(i, this.opened(inside, 0));
    return new State(state.frame, next);
  }

  /** The layout of a state, made once: as the outermost frame, or with room for the name of the box around it. */
  layout(state, least = 0) {
    return (state["at " + least] ??= this.made(state, least));
  }

  made({ frame, open }, least) {
    const { room, frames } = this.data, make = (inner) => arrange(this.frame(frame), inner, least, room);
    if (!open.size) return new Closed(frames[frame], least, () => make(open));
    const { boxes } = this.frame(frame);
    return make(new Map([...open].map(([i, inner]) => [i, this.layout(inner, this.label(boxes[i]).room)])));
  }

  /** The layout while the box at a path opens: `part` of the way from closed to open as it is in a state. */
  between(state, path, part, least = 0) {
    const [edge, ...rest] = path, i = this.index(state.frame, edge), frame = this.frame(state.frame);
    const room = (j) => this.label(frame.boxes[j]).room;
    const open = new Map([...state.open].map(([j, inner]) => [j, this.layout(inner, room(j))]));
    open.set(i, rest.length ? this.between(state.open.get(i), rest, part, room(i))
      : partly(frame.boxes[i], open.get(i), part, this.data.room));
    return arrange(frame, open, least, this.data.room);
  }

  // -- what is at a path ---------------------------------------------------------------------------------------------

  /** The frames from the outermost one to the one that holds the box at a path, each with the box that leads on. */
  chain(path) {
    const found = [];
    let number = 0;
    for (const edge of path) {
      const i = this.index(number, edge);
      if (i < 0) return null;
      found.push({ number, i });
      number = this.data.frames[number].boxes[i][2] ?? -1;
      if (number < 0 && found.length < path.length) return null;
    }
    return found;
  }

  box(path) {
    const last = this.chain(path)?.at(-1);
    return last && this.frame(last.number).boxes[last.i];
  }

  /** Of the frame at a key: the wires with what is no number, and the edge that first made it, or in which that was made. */
  bad(key) {
    const path = key.split(".").filter(Boolean), { bad, first } = this.data;
    const around = first !== null && path.every((e, i) => Number(e) === first[i]);
    return { wires: new Set(bad[path.join(".")]), edge: around ? first[path.length] : undefined };
  }

  // -- along wires ---------------------------------------------------------------------------------------------------

  /**
   * Paths of the boxes that read what a box makes (`ahead`), or make what it reads; with `within`, of those in its
   * interior that come first. Sums and the like are passed by, and so are the frames around.
   */
  neighbours(path, ahead, within = false) {
    const numbers = this.chain(path).map(({ number }) => number), found = new Map(), seen = new Set();
    const count = (first, n) => Array.from({ length: n }, (_, i) => first + i);
    const box = this.box(path), start = path.length - (within ? 0 : 1);
    let wires = ahead ? count(box.first, box.made) : box.sources;
    if (within) {
      numbers.push(box.inside);
      const inner = this.frame(box.inside);
      wires = ahead ? count(0, inner.ins.length) : inner.ends;
    }
    const todo = wires.map((w) => [start, w]);
    for (const [level, w] of todo) { // grows while it is read
      if (seen.has(level + " " + w)) continue;
      seen.add(level + " " + w);
      const frame = this.frame(numbers[level]), { readers, maker } = this.connections(numbers[level]);
      for (const to of ahead ? readers.get(w) ?? [] : [maker.get(w) ?? {}]) {
        if (to.box !== undefined) {
          const there = [...path.slice(0, level), frame.boxes[to.box].edge];
          found.set(there.join("."), there);
        } else if (to.link !== undefined) {
          const [, first, made, sources] = frame.links[to.link];
          todo.push(...(ahead ? count(first, made) : sources).map((v) => [level, v]));
        }
      }
      if (!level) continue;
      const around = this.box(path.slice(0, level));
      if (ahead) frame.ends.forEach((v, j) => { if (v === w) todo.push([level - 1, around.first + j]); });
      else if (w < frame.ins.length) todo.push([level - 1, around.sources[w]]);
    }
    return [...found.values()];
  }

  /** Who makes and who reads each wire of a frame. */
  connections(number) {
    const frame = this.frame(number);
    if (!frame.connections) {
      const maker = new Map(), readers = new Map();
      const note = (who, first, n, sources) => {
        for (let i = 0; i < n; i++) maker.set(first + i, who);
        for (const w of sources) readers.get(w)?.push(who) ?? readers.set(w, [who]);
      };
      frame.boxes.forEach(({ first, made, sources }, box) => note({ box }, first, made, sources));
      frame.links.forEach(([, first, n, sources], link) => note({ link }, first, n, sources));
      frame.connections = { maker, readers };
    }
    return frame.connections;
  }

  // -- finding -------------------------------------------------------------------------------------------------------

  /** Paths of the boxes whose names have a text in them, at most so many, in the order they are read. */
  find(text, most) {
    const wanted = text.toLowerCase(), memo = new Map(), found = [];
    const fits = this.data.labels.map(([name]) => name.toLowerCase().includes(wanted));
    const inside = (number) => {
      if (number === null || number < 0) return false;
      if (!memo.has(number)) {
        memo.set(number, false);
        memo.set(number, this.data.frames[number].boxes.some((b) => fits[b[1]] || inside(b[2])));
      }
      return memo.get(number);
    };
    const visit = (number, path) => {
      const { boxes, order } = this.frame(number);
      for (const i of order) {
        if (found.length >= most) return;
        const here = [...path, boxes[i].edge];
        if (fits[boxes[i].label]) found.push(here);
        if (inside(boxes[i].inside)) visit(boxes[i].inside, here);
      }
    };
    if (wanted && inside(0)) visit(0, []);
    return found;
  }

  // -- states as text ------------------------------------------------------------------------------------------------

  /** The state in a link: edge numbers of open boxes, `*` for all that can be opened. */
  written(state) {
    if (state === this.all(state.frame) && state.open.size) return "*";
    const boxes = this.data.frames[state.frame].boxes;
    const parts = [...state.open].sort(([i], [j]) => i - j).map(([i, inner]) => {
      const text = this.written(inner);
      return boxes[i][0] + (text && `(${text})`);
    });
    return parts.join(",");
  }

  /** The state that a text says; what does not make sense is left out. */
  read(text) {
    const tokens = text.match(/\d+|[*(),]/g) ?? [];
    let at = 0;
    const state = (number) => {
      if (tokens[at] === "*") return at++, this.all(number);
      const open = new Map();
      while (at < tokens.length && tokens[at] !== ")") {
        const token = tokens[at++];
        if (token === ",") continue;
        const i = this.index(number, Number(token)), inside = this.data.frames[number].boxes[i]?.[2] ?? -1;
        if (inside < 0) return new State(number, open);
        let inner = this.opened(inside, 0);
        if (tokens[at] === "(") {
          at++;
          inner = state(inside);
          if (tokens[at] === ")") at++;
        }
        open.set(i, inner);
      }
      return new State(number, open);
    };
    return state(0);
  }
}
