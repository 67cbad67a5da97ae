// Geometry. Frames are stored with all their boxes closed; where some are open, a monotone stretch of each axis makes
// room for them. Order is kept on both axes, so what was left of a box or above it still is, and no wire comes to cross
// a box. Coordinates of a frame are relative to its top left corner.

const TOGETHER = 0.3; // coordinates so near each other are one: nothing comes between them

/** The least map that keeps or widens all distances and leaves d between a and b for every [a, b, d]. */
function stretch(wants) {
  const at = [...new Set(wants.flatMap(([a, b]) => [a, b]))].sort((a, b) => a - b);
  const place = new Map(at.map((x, i) => [x, i]));
  const due = at.map(() => []);
  for (const [a, b, d] of wants) if (b - a > TOGETHER) due[place.get(b)].push([place.get(a), d]);
  const to = [];
  for (let i = 0, end; i < at.length; i = end) {
    let x = i ? to[i - 1] + at[i] - at[i - 1] : at[0];
    for (end = i; end < at.length && at[end] - at[i] <= TOGETHER; end++) {
      for (const [a, d] of due[end]) if (a < i) x = Math.max(x, to[a] + d - (at[end] - at[i]));
    }
    for (let j = i; j < end; j++) to.push(x + at[j] - at[i]);
  }
  return (x) => {
    if (!at.length || x <= at[0]) return x;
    let low = 0, high = at.length;
    while (high - low > 1) {
      const middle = (low + high) >> 1;
      if (at[middle] <= x) low = middle; else high = middle;
    }
    if (low === at.length - 1) return to[low] + x - at[low];
    return to[low] + ((x - at[low]) / (at[low + 1] - at[low])) * (to[low + 1] - to[low]);
  };
}

/** A frame as the geometry needs it: which points of wires move with which box, and which pieces stay level. */
function prepare(raw, number) {
  const [width, height] = raw.size.map((x) => x / 10);
  const boxes = raw.boxes.map(([edge, label, inside, reverse, x0, y0, x1, y1, first, made, sources]) => ({
    edge, label, inside, reverse, first, made, sources,
    x: x0 / 10, y: y0 / 10, w: (x1 - x0) / 10, h: (y1 - y0) / 10, right: x1 / 10, bottom: y1 / 10,
  }));
  const columns = spans(boxes);
  const left = by(boxes, (b) => tenths(b.x)), right = by(boxes, (b) => tenths(b.right));
  const touched = boxes.map(() => [[], []]); // points at its ports, on the left and on the right
  const points = [];
  const wires = raw.wires.map(([sort, reverse, numbers]) => {
    const here = new Map(), pieces = [];
    const point = (x, y) => {
      let found = here.get(spot(x, y));
      if (found === undefined) {
        here.set(spot(x, y), (found = points.length));
        points.push({ x: x / 10, y: y / 10, starts: 0, ends: 0, box: -1, lead: -1, port: 0 });
      }
      return found;
    };
    for (let i = 0; i < numbers.length; i += 6) {
      const [x0, y0, c0, c1, x1, y1] = numbers.slice(i, i + 6), dx = x1 - x0;
      if (!dx && y0 === y1) continue;
      const p = point(x0, y0), q = point(x1, y1), piece = { p, q, c0: dx && (c0 - x0) / dx, c1: dx && (c1 - x0) / dx };
      points[p].starts++;
      points[q].ends++;
      if (pieces.at(-1)?.falls) { // from the top of the frame, and round a corner
        piece.corner = x1 / 10 - x0 / 10;
        points[p].hangs = { from: q, by: (y1 - y0) / 10 };
      }
      pieces.push({ ...piece, falls: !dx });
    }
    for (const p of here.values()) {
      const { x, y, starts, ends } = points[p];
      const side = starts ? 1 : 0;
      if (starts && ends) continue;
      const b = ((side ? right : left).get(tenths(x)) ?? []).find((i) => boxes[i].y <= y && y <= boxes[i].bottom);
      if (b === undefined) continue;
      points[p].box = b;
      points[p].lead = p;
      touched[b][side].push(p);
    }
    return { sort, reverse, pieces };
  });
  for (const sides of touched) {
    for (const side of sides) {
      side.sort((p, q) => points[p].y - points[q].y);
      side.forEach((p, port) => { points[p].port = port; });
    }
  }
  boxes.forEach((box, i) => { box.ports = touched[i].map((side) => side.map((p) => points[p].y)); });
  for (const { pieces } of wires) stiffen(pieces, points, columns, width);
  const where = by(points, (p) => spot(tenths(p.x), tenths(p.y)));
  const dots = raw.dots.map(([x, y, kind, reverse, hint, wire, edge]) => {
    const point = (where.get(spot(x, y)) ?? []).find((p) => points[p].box < 0) ?? -1;
    return { x: x / 10, y: y / 10, kind, reverse, hint, wire, edge, point };
  });
  const texts = raw.texts.map(([x, y, anchor, text]) => ({ x: x / 10, y: y / 10, anchor, text, dot: beside(dots, x / 10, y / 10) }));
  const order = boxes.map((_, i) => i).sort((i, j) => column(columns, boxes[i]) - column(columns, boxes[j]) || boxes[i].y - boxes[j].y);
  const [ins, outs] = [raw.ins, raw.outs].map((ys) => ys.map((y) => y / 10));
  return { ...raw, number, width, height, boxes, wires, points, dots, texts, order, ins, outs };
}

const tenths = (x) => Math.round(10 * x);
const spot = (x, y) => x * 0x4000000 + y; // a point as one number

/** The number of the point nearest to a text: the constant whose value it says. */
function beside(dots, x, y) {
  let best = Infinity, found = -1;
  dots.forEach((dot, i) => {
    const away = Math.hypot(dot.x - x, dot.y - y);
    if (dot.kind === "point" && away < best) [best, found] = [away, i];
  });
  return found;
}

/** Indices by key. */
function by(items, key) {
  const found = new Map();
  items.forEach((item, i) => {
    const those = found.get(key(item));
    if (those) those.push(i); else found.set(key(item), [i]);
  });
  return found;
}

/** The intervals of x that boxes cover: the columns. */
function spans(boxes) {
  const found = [];
  for (const { x, right } of [...boxes].sort((a, b) => a.x - b.x)) {
    const last = found[found.length - 1];
    if (last && x < last[1]) last[1] = Math.max(last[1], right); else found.push([x, right]);
  }
  return found;
}

const column = (columns, box) => columns.findIndex(([, right]) => box.x < right);

/**
 * Columns hold nothing but level wire beside their boxes. A level piece within one, or one that leads from a box to where
 * its wire divides, follows the box at its end; what bends is between columns.
 */
function stiffen(pieces, points, columns, width) {
  for (const piece of pieces) {
    const a = points[piece.p], b = points[piece.q];
    const within = columns.some(([l, r]) => a.x < r - 0.05 && l + 0.05 < b.x);
    const stub = a.box >= 0 && b.box < 0 && b.starts !== 1 && b.x < width;
    piece.stiff = a.y === b.y && (within || stub);
  }
  const follow = (from, to) => { if (points[to].lead < 0) points[to].lead = points[from].lead; };
  for (const { p, q, stiff } of pieces) if (stiff) follow(p, q);
  for (const { p, q, stiff } of [...pieces].reverse()) if (stiff) follow(q, p);
}

const SPARE = 1.3; // how much higher a frame may become so that wires run straight into open boxes

/** What an open box asks for: room for its interior; and, for straight wires, its interior's ports where wires arrive. */
function demand(box, inner, { header, foot }) {
  const height = header + inner.height + foot, { y, bottom } = box;
  const sides = [[box.ports[0], inner.ins], [box.ports[1], inner.outs]];
  const ports = sides.map(([at, inside]) => at.map((p, i) => [p, header + inside[i]]));
  const straight = ports.flatMap((side) => side.map(([p, to], i) => (i ? [side[i - 1][0], p, to - side[i - 1][1]] : [y, p, to])));
  const last = (ports[0].length ? ports[0] : ports[1]).at(-1);
  if (last) straight.push([last[0], bottom, height - last[1]]);
  return { box, height, ports: ports.flat(), room: [y, bottom, height], straight };
}

/** The stretch of heights: one that keeps wires straight, unless it costs too much. */
function stretchDown(frame, demands) {
  const lean = stretch(demands.map(({ room }) => room));
  const neat = stretch(demands.flatMap(({ room, straight }) => [room, ...straight]));
  return neat(frame.height) <= SPARE * lean(frame.height) ? neat : lean;
}

/** The top of an open box in the room it got: half of its ports are above their wires, half below. */
function top({ box, height, ports }, down) {
  const tops = ports.map(([p, to]) => down(p) - to).sort((a, b) => a - b);
  const middle = tops[tops.length >> 1] ?? 0;
  return Math.max(down(box.y), Math.min(middle, down(box.bottom) - height));
}

/** The stretch of widths: open boxes have room about the middles of their columns, and gaps for steeper wires grow. */
function stretchAcross(frame, open, ys, room) {
  const wants = [];
  for (const [i, inner] of open) {
    const { x, right } = frame.boxes[i], middle = (x + right) / 2;
    wants.push([x, middle, inner.width / 2], [middle, right, inner.width / 2]);
  }
  for (const { pieces } of open.size ? frame.wires : []) {
    for (const { p, q, stiff, corner } of pieces) {
      if (stiff || corner) continue;
      const gap = Math.min(room.broad, room.narrow + room.slope * Math.abs(ys[p] - ys[q]));
      if (gap > frame.points[q].x - frame.points[p].x) wants.push([frame.points[p].x, frame.points[q].x, gap]);
    }
  }
  return stretch(wants);
}

/**
 * Where everything in a frame is when some of its boxes are open: `open` maps their indices to the layouts of their
 * interiors, `least` is the room that the frame's name takes.
 */
function arrange(frame, open, least, room) {
  const demands = new Map([...open].map(([i, inner]) => [i, demand(frame.boxes[i], inner, room)]));
  const down = stretchDown(frame, [...demands.values()]);
  const boxes = frame.boxes.map((b, i) => {
    const asks = demands.get(i);
    if (!asks) return { y: down(b.y + b.h / 2) - b.h / 2, w: b.w, h: b.h };
    return { y: top(asks, down), w: open.get(i).width, h: asks.height };
  });
  const ys = frame.points.map((point) => {
    if (point.lead < 0) return down(point.y);
    const { box, port, starts, y } = frame.points[point.lead], inner = open.get(box);
    if (!inner) return boxes[box].y + y - frame.boxes[box].y;
    return boxes[box].y + room.header + (starts ? inner.outs : inner.ins)[port];
  });
  frame.points.forEach(({ hangs }, i) => { if (hangs) ys[i] = ys[hangs.from] - hangs.by; });
  const along = stretchAcross(frame, open, ys, room), natural = along(frame.width), width = Math.max(natural, least);
  const across = (x) => (x <= 0 ? 0 : x >= frame.width ? width : along(x) + (width - natural) / 2);
  frame.boxes.forEach((b, i) => { boxes[i].x = across((b.x + b.right) / 2) - boxes[i].w / 2; });
  const xs = frame.points.map((p) => across(p.x));
  const edges = frame.points.map((p, i) => {
    if (p.box < 0) return xs[i];
    return boxes[p.box].x + (p.starts ? boxes[p.box].w : 0);
  });
  const dot = ({ x, y, point }) => (point >= 0 ? [xs[point], ys[point]] : [across(x), down(y)]);
  const dots = frame.dots.map(dot);
  const text = ({ x, y, dot }) => {
    if (dot < 0) return [across(x), down(y)];
    return [dots[dot][0] + x - frame.dots[dot].x, dots[dot][1] + y - frame.dots[dot].y];
  };
  return {
    frame, open, width, height: down(frame.height), boxes, xs, edges, ys, dots,
    texts: frame.texts.map(text), ins: frame.ins.map(down), outs: frame.outs.map(down),
    tops: frame.tops.map(([i, x]) => [i, across(x / 10)]),
  };
}

/** An interior `part` of the way from its closed box to what it is when it is open; `empty` meanwhile. */
function partly(box, inner, part, { header, foot }) {
  const mix = (a, b) => a + (b - a) * part;
  const [ins, outs] = [inner.ins, inner.outs].map((ys, side) =>
    ys.map((y, i) => mix((box.ports[side][i] ?? box.y) - box.y - header, y)));
  const [width, height] = [mix(box.w, inner.width), mix(box.h - header - foot, inner.height)];
  return { width, height, ins, outs, empty: true };
}

/** The layout of a frame in which no box is open: its size is known, the rest is made when somebody looks. */
class Closed {
  constructor(raw, least, make) {
    this.width = Math.max(raw.size[0] / 10, least);
    this.height = raw.size[1] / 10;
    [this.ins, this.outs] = [raw.ins, raw.outs].map((ys) => ys.map((y) => y / 10));
    this.tops = raw.tops.map(([i, x]) => [i, x / 10]);
    this.open = new Map();
    this.make = make;
  }
}
for (const part of ["frame", "boxes", "xs", "ys", "edges", "dots", "texts"]) {
  Object.defineProperty(Closed.prototype, part, { get() { return (this.made ??= this.make())[part]; } });
}

/**
 * The pieces of a wire as x0, y0, x1, y1 and the x of their two control points. What bends ends at the edge of a column;
 * from there to a narrower box the wire is level.
 */
function segments({ xs, ys, edges }, { pieces }) {
  const found = [];
  const level = (x0, x1, y) => { if (x1 - x0 > 0.05) found.push([x0, y, x1, y, (x0 + x1) / 2, (x0 + x1) / 2]); };
  for (const { p, q, c0, c1, corner } of pieces) {
    const dx = corner ?? xs[q] - xs[p], x = xs[p] + dx;
    level(edges[p], xs[p], ys[p]);
    found.push([xs[p], ys[p], x, ys[q], xs[p] + c0 * dx, xs[p] + c1 * dx]);
    level(x, edges[q], ys[q]);
  }
  return found;
}
