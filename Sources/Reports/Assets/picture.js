'use strict';
// The space-time picture of a world: time runs to the right, a lane for everybody who takes part.

const GUTTER = 132;
const TOP = 54;

function colours() {
  const style = getComputedStyle(document.documentElement);
  const names = ['page', 'card', 'ink', 'soft', 'faint', 'line', 'lane', 'bad', 'good', 'fault', 'fault-soft', 'down', 'now', 'request', 'answer', 'record', 'read', 'commit', 'call', 'callAnswer'];
  return Object.fromEntries(names.map((name) => [name, style.getPropertyValue('--' + name).trim()]));
}

class Picture {
  constructor(world, canvas, view) {
    Object.assign(this, { world, canvas, view });
    this.context = canvas.getContext('2d');
    this.targets = [];
  }

  // The names of those who take part in what is chosen.
  addTaking(names) {
    const { world, view } = this;
    const isChoosy = view.lanes === 'involved' && view.isFiltered;
    const add = (lane) => { if (lane >= 0) names.add(world.lanes[lane].name); };
    for (const arrow of world.arrows) if (!isChoosy || view.accepts(arrow.message.subjects, arrow.message)) { add(arrow.from); add(arrow.to); }
    for (const mark of world.marks) if (!isChoosy || view.accepts(mark.subjects, mark) || (mark.kind === 'fault' && view.fewFaults)) add(mark.lane);
  }

  // Which lanes are shown, and where: in both worlds the same.
  layOut() {
    const { world, view } = this;
    const taking = view.taking;
    this.shown = world.lanes.map((_, lane) => lane).filter((lane) => taking.has(world.lanes[lane].name));
    if (this.shown.length === 0) this.shown = world.lanes.map((_, lane) => lane);
    this.height = Math.max(19, Math.min(36, Math.floor(view.room / this.shown.length)));
    this.row = new Map(this.shown.map((lane, place) => [lane, place]));
    const width = this.canvas.parentElement.clientWidth;
    const total = TOP + this.shown.length * this.height + 6;
    const ratio = window.devicePixelRatio || 1;
    this.width = width;
    this.canvas.width = Math.round(width * ratio);
    this.canvas.height = Math.round(total * ratio);
    this.canvas.style.height = total + 'px';
    this.context.setTransform(ratio, 0, 0, ratio, 0, 0);
    this.total = total;
  }

  x(moment) {
    const { view } = this;
    return GUTTER + (view.scale.place(moment) - view.from) / (view.to - view.from) * (this.width - GUTTER - 14);
  }
  momentAt(x) {
    const { view } = this;
    return view.scale.moment(view.from + (x - GUTTER) / (this.width - GUTTER - 14) * (view.to - view.from));
  }
  y(lane) { return TOP + (this.row.get(lane) + 0.5) * this.height; }

  draw() {
    const { context: c, view } = this;
    this.colour = view.colours;
    this.targets = [];
    c.clearRect(0, 0, this.width, this.total);
    c.font = '11px system-ui, "Liberation Sans", sans-serif';
    c.textBaseline = 'middle';
    this.drawLanes();
    c.save();
    c.beginPath();
    c.rect(GUTTER, 0, this.width - GUTTER, this.total);
    c.clip();
    this.drawTicks();
    this.drawSpans();
    this.drawMoments();
    this.drawArrows();
    this.drawMarks();
    this.drawNow();
    c.restore();
  }

  drawLanes() {
    const { context: c, world, colour, height } = this;
    let family = null;
    let shaded = false;
    for (const lane of this.shown) {
      const { name, kind } = world.lanes[lane];
      if (world.lanes[lane].family !== family) { shaded = !shaded; family = world.lanes[lane].family; }
      const top = TOP + this.row.get(lane) * height;
      if (shaded) { c.fillStyle = colour.lane; c.fillRect(0, top, this.width, height); }
      c.fillStyle = kind === 'store' ? colour.soft : colour.ink;
      c.textAlign = 'right';
      c.fillText(name.length > 20 ? name.slice(0, 19) + '…' : name, GUTTER - 10, top + height / 2);
      c.strokeStyle = colour.line;
      c.lineWidth = 1;
      c.setLineDash(kind === 'store' ? [2, 3] : []);
      c.beginPath();
      c.moveTo(GUTTER, Math.round(top + height / 2) + 0.5);
      c.lineTo(this.width, Math.round(top + height / 2) + 0.5);
      c.stroke();
      c.setLineDash([]);
    }
  }

  drawTicks() {
    const { context: c, colour, view } = this;
    const count = Math.max(2, Math.floor((this.width - GUTTER) / 110));
    c.textAlign = 'left';
    let last = '';
    for (let index = 0; index <= count; index++) {
      const place = view.from + (index / count) * (view.to - view.from);
      const moment = view.scale.moment(place);
      const step = view.scale.moment(Math.min(view.scale.length, place + (view.to - view.from) / count)) - moment;
      const label = clock(moment, step < 2000 ? 4 : step < 200000 ? 3 : step < 2e6 ? 2 : 1);
      if (label === last) continue;
      last = label;
      const x = Math.round(this.x(moment)) + 0.5;
      c.strokeStyle = colour.line;
      c.beginPath();
      c.moveTo(x, 28);
      c.lineTo(x, this.total);
      c.stroke();
      c.fillStyle = colour.soft;
      c.fillText(label + ' s', x + 4, 23);
    }
  }

  drawSpans() {
    const { context: c, world, colour, height } = this;
    const names = [];
    for (const span of world.spans) {
      if (!this.row.has(span.lane)) continue;
      const left = Math.max(GUTTER, this.x(span.start));
      const right = Math.min(this.width, this.x(span.end));
      if (right < GUTTER || left > this.width || right < left) continue;
      const top = TOP + this.row.get(span.lane) * height;
      const width = Math.max(1.5, right - left);
      if (span.kind === 'transaction') {
        if (!this.view.inSight(span)) continue;
        c.fillStyle = colour.commit;
        c.globalAlpha = 0.35;
        c.fillRect(left, top + height / 2 - 3, width, 6);
        c.globalAlpha = 1;
        this.targets.push({ left, right: left + width, top: top + height / 2 - 4, bottom: top + height / 2 + 4, title: span.title, start: span.start, end: span.end });
      } else {
        c.fillStyle = span.kind === 'down' ? colour.down : colour['fault-soft'];
        c.fillRect(left, top + 1, width, height - 2);
        if (span.kind === 'fault') { c.fillStyle = colour.fault; c.fillRect(left, top + 1, 2, height - 2); }
        names.push({ span, left, width, top });
        this.targets.push({ left, right: left + width, top, bottom: top + height, title: span.title, start: span.start, end: span.end, weak: true });
      }
    }
    const taken = new Set();
    for (const { span, left, width, top } of names) {
      const room = Math.floor((width - 10) / 5.6);
      if (room < 6 || taken.has(span.lane + ':' + Math.round(left / 20))) continue;
      taken.add(span.lane + ':' + Math.round(left / 20));
      c.fillStyle = span.kind === 'down' ? colour.soft : colour.fault;
      c.textAlign = 'left';
      c.fillText(span.title.length > room ? span.title.slice(0, room - 1) + '…' : span.title, left + 6, top + Math.min(9, height / 2));
    }
  }

  // The violation, the decision.
  drawMoments() {
    const { context: c, view } = this;
    for (const { at, title, colour, isBefore } of view.moments(this.world)) {
      const x = Math.round(this.x(at)) + 0.5;
      if (x < GUTTER - 1 || x > this.width) continue;
      c.strokeStyle = colour;
      c.lineWidth = 1.5;
      c.setLineDash([5, 3]);
      c.beginPath();
      c.moveTo(x, 11);
      c.lineTo(x, this.total);
      c.stroke();
      c.setLineDash([]);
      c.lineWidth = 1;
      c.fillStyle = colour;
      const wide = c.measureText(title).width;
      c.textAlign = isBefore || x + wide + 6 > this.width ? 'right' : 'left';
      this.box(c.textAlign === 'left' ? x + 2 : x - wide - 4, 0, wide + 4, 13);
      c.fillStyle = colour;
      c.fillText(title, c.textAlign === 'left' ? x + 4 : x - 4, 7);
    }
  }

  box(x, y, width, height) {
    this.context.fillStyle = this.colour.card;
    this.context.globalAlpha = 0.85;
    this.context.fillRect(x, y, width, height);
    this.context.globalAlpha = 1;
  }

  drawArrows() {
    const { context: c, world, view } = this;
    const start = view.scale.moment(view.from);
    const end = view.scale.moment(view.to);
    const own = [];
    const others = new Map();
    for (const arrow of world.between(start, end)) {
      if (!this.row.has(arrow.from) || !this.row.has(arrow.to)) continue;
      if (view.accepts(arrow.message.subjects, arrow.message)) { own.push(arrow); continue; }
      if (view.hidesOthers) continue;
      const kind = arrow.read ? 'read' : arrow.message.kind;
      if (!others.has(kind)) others.set(kind, []);
      others.get(kind).push(arrow);
    }
    c.globalAlpha = view.isFiltered ? 0.13 : 0.3;
    for (const [kind, arrows] of others) this.drawBundle(arrows, kind);
    const many = own.length > 1500;
    c.globalAlpha = many ? 0.3 : 1;
    if (many) {
      const kinds = new Map();
      for (const arrow of own) {
        const kind = arrow.read ? 'read' : arrow.message.kind;
        if (!kinds.has(kind)) kinds.set(kind, []);
        kinds.get(kind).push(arrow);
      }
      for (const [kind, arrows] of kinds) this.drawBundle(arrows, kind);
    } else {
      for (const arrow of own) this.drawArrow(arrow);
    }
    c.globalAlpha = 1;
    for (const arrow of own) {
      this.targets.push({ x1: this.x(arrow.start), y1: this.y(arrow.from), x2: this.x(arrow.end), y2: this.y(arrow.to), arrow });
    }
    if (own.length <= 400) this.drawLabels(own);
  }

  // Very many, as one path.
  drawBundle(arrows, kind) {
    const { context: c } = this;
    c.strokeStyle = this.colour[kind];
    c.lineWidth = 0.8;
    c.beginPath();
    for (const arrow of arrows) { c.moveTo(this.x(arrow.start), this.y(arrow.from)); c.lineTo(this.x(arrow.end), this.y(arrow.to)); }
    c.stroke();
    c.lineWidth = 1;
  }

  drawArrow(arrow) {
    const { context: c } = this;
    const kind = arrow.read ? 'read' : arrow.message.kind;
    const colour = this.colour[kind];
    const [x1, y1, x2, y2] = [this.x(arrow.start), this.y(arrow.from), this.x(arrow.end), this.y(arrow.to)];
    c.globalAlpha = arrow.start > this.view.t ? 0.6 : 1;
    c.strokeStyle = c.fillStyle = arrow.lost ? this.colour.bad : colour;
    c.lineWidth = arrow === this.view.selected ? 3 : kind === 'read' || kind === 'commit' ? 1.1 : 1.6;
    c.setLineDash(arrow.lost ? [3, 3] : kind === 'answer' || kind === 'callAnswer' ? [5, 3] : []);
    const [ex, ey] = arrow.lost ? [x1 + (x2 - x1) * 0.5 + 4, y1 + (y2 - y1) * 0.5] : [x2, y2];
    c.beginPath();
    c.moveTo(x1, y1);
    c.lineTo(ex, ey);
    c.stroke();
    c.setLineDash([]);
    c.beginPath();
    c.arc(x1, y1, 1.8, 0, 7);
    c.fill();
    if (arrow.lost) {
      c.beginPath();
      c.moveTo(ex - 4, ey - 4); c.lineTo(ex + 4, ey + 4); c.moveTo(ex + 4, ey - 4); c.lineTo(ex - 4, ey + 4);
      c.lineWidth = 1.8;
      c.stroke();
    } else {
      const angle = Math.atan2(ey - y1, ex - x1);
      const size = kind === 'commit' ? 4 : 6;
      c.beginPath();
      c.moveTo(ex, ey);
      c.lineTo(ex - size * Math.cos(angle - 0.45), ey - size * Math.sin(angle - 0.45));
      c.lineTo(ex - size * Math.cos(angle + 0.45), ey - size * Math.sin(angle + 0.45));
      c.fill();
    }
    c.globalAlpha = 1;
    c.lineWidth = 1;
  }

  // As many names as find room; what is read was named when it was written.
  drawLabels(arrows) {
    const { context: c } = this;
    const taken = [];
    const free = (x, y, w, h) => taken.every((t) => x > t.x + t.w || x + w < t.x || y > t.y + t.h || y + h < t.y);
    const order = { request: 0, record: 1, call: 2, answer: 3, callAnswer: 4, commit: 9 };
    const named = arrows.filter((arrow) => !arrow.read && (arrow.message.kind !== 'commit' || arrow.lost || /lost/.test(arrow.message.title)));
    named.sort((a, b) => order[a.message.kind] - order[b.message.kind]);
    c.textAlign = 'left';
    for (const arrow of named) {
      const title = this.shortTitle(arrow.message);
      const width = c.measureText(title).width;
      const [x1, y1, x2, y2] = [this.x(arrow.start), this.y(arrow.from), this.x(arrow.end), this.y(arrow.to)];
      for (const share of [0.5, 0.3, 0.7, 0.15, 0.85]) {
        const x = x1 + (x2 - x1) * share + 6;
        const y = y1 + (y2 - y1) * share - 6;
        if (x < GUTTER || x + width > this.width || !free(x - 2, y - 1, width + 4, 13)) continue;
        taken.push({ x: x - 2, y: y - 1, w: width + 4, h: 13 });
        this.box(x - 2, y, width + 4, 12);
        c.fillStyle = arrow.lost ? this.colour.bad : this.colour[arrow.message.kind];
        c.globalAlpha = arrow.start > this.view.t ? 0.75 : 1;
        c.fillText(title, x, y + 6);
        c.globalAlpha = 1;
        break;
      }
    }
  }

  shortTitle(message) {
    const title = message.title.replace(/ \(idempotency key .*\)$/, '');
    return title.length > 42 ? title.slice(0, 41) + '…' : title;
  }

  drawMarks() {
    const { context: c, world, view, colour, height } = this;
    const named = [];
    for (const mark of world.marks) {
      const own = view.accepts(mark.subjects, mark);
      if (mark.kind === 'ledger' && !own) continue;
      const lane = mark.lane >= 0 && this.row.has(mark.lane) ? mark.lane : -1;
      if (lane < 0 && mark.kind !== 'fault') continue;
      const x = this.x(mark.at);
      if (x < GUTTER - 4 || x > this.width + 4) continue;
      const y = lane < 0 ? TOP - 9 : this.y(lane);
      const strong = own || !view.isFiltered || (mark.kind === 'fault' && view.fewFaults);
      c.globalAlpha = strong ? 1 : 0.35;
      if (mark.kind === 'fault') {
        c.fillStyle = colour.fault;
        c.beginPath();
        c.moveTo(x + 1.5, y - 8); c.lineTo(x - 4.5, y + 1.5); c.lineTo(x - 0.5, y + 1.5); c.lineTo(x - 1.5, y + 8); c.lineTo(x + 4.5, y - 1.5); c.lineTo(x + 0.5, y - 1.5);
        c.closePath();
        c.strokeStyle = colour.card;
        c.lineWidth = 3;
        c.stroke();
        c.fill();
        c.lineWidth = 1;
      } else if (mark.kind === 'ledger') {
        c.fillStyle = colour.call;
        c.fillRect(x - 4, y - 4, 8, 8);
      } else {
        c.fillStyle = mark.title === 'crashed' ? colour.bad : colour.soft;
        c.fillRect(x - 1, y - Math.min(7, height / 2 - 2), 2, Math.min(14, height - 4));
      }
      c.globalAlpha = 1;
      if (mark.kind === 'fault' && strong) named.push({ x, y, title: mark.title });
      this.targets.push({ left: x - 6, right: x + 6, top: y - 9, bottom: y + 9, title: mark.title, start: mark.at, mark });
    }
    this.nameFaults(named);
  }

  // What struck is said beside it, as far as there is room before the next.
  nameFaults(named) {
    const { context: c } = this;
    named.forEach(({ x, y, title }, index) => {
      const next = named.slice(index + 1).find((other) => Math.abs(other.y - y) < 8);
      const room = Math.min(this.width, next ? next.x - 4 : Infinity) - x - 10;
      const letters = Math.floor(room / 5.4);
      if (letters < 8 || x < GUTTER) return;
      const text = title.length > letters ? title.slice(0, letters - 1) + '…' : title;
      c.textAlign = 'left';
      this.box(x + 7, y - 6, c.measureText(text).width + 4, 12);
      c.fillStyle = this.colour.fault;
      c.fillText(text, x + 9, y);
    });
  }

  drawNow() {
    const { context: c, view, colour } = this;
    const x = Math.round(this.x(view.t)) + 0.5;
    c.strokeStyle = colour.now;
    c.lineWidth = 1;
    c.beginPath();
    c.moveTo(x, 28);
    c.lineTo(x, this.total);
    c.stroke();
    c.fillStyle = colour.now;
    c.beginPath();
    c.moveTo(x - 5, 28); c.lineTo(x + 5, 28); c.lineTo(x, 35);
    c.fill();
  }

  // What is under the pointer, the nearest first.
  hit(x, y) {
    let best = null;
    let nearest = 7;
    for (const target of this.targets) {
      let distance;
      if (target.arrow) {
        const [dx, dy] = [target.x2 - target.x1, target.y2 - target.y1];
        const share = Math.max(0, Math.min(1, ((x - target.x1) * dx + (y - target.y1) * dy) / (dx * dx + dy * dy || 1)));
        distance = Math.hypot(target.x1 + share * dx - x, target.y1 + share * dy - y);
      } else {
        const inside = x >= target.left && x <= target.right && y >= target.top && y <= target.bottom;
        distance = inside ? (target.weak ? 6 : 1.5) : Infinity;
      }
      if (distance < nearest) { nearest = distance; best = target; }
    }
    return best;
  }
}
