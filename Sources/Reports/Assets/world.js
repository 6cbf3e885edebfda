'use strict';
// One world: what was recorded of it, and what stood where at a moment.

const KINDS = ['request', 'answer', 'record', 'commit', 'call', 'callAnswer'];

// The first place in a sorted list at which a condition holds.
function firstPlace(count, holds) {
  let low = 0;
  let high = count;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (holds(middle)) high = middle; else low = middle + 1;
  }
  return low;
}

class World {
  constructor(raw) {
    const text = (place) => raw.texts[place];
    this.name = raw.name;
    this.end = raw.end;
    this.watched = raw.watched;
    this.lanes = raw.lanes.map(([name, kind, family]) => ({ name, kind, family }));
    this.subjects = raw.subjects;
    this.partitions = raw.partitions;
    this.leaders = raw.leaders.map(([partition, at, lane]) => ({ partition, at, lane }));
    this.messages = raw.messages.map((m) => m && ({
      kind: KINDS[m[0]], title: text(m[1]), detail: text(m[2]), subjects: m[3], at: m[4], partition: m[5] ?? -1, offset: m[6] ?? -1,
    }));
    this.arrows = raw.arrows.map(([flags, message, from, to, start, duration], index) => ({
      index, read: (flags & 1) !== 0, lost: (flags & 2) !== 0, message: this.messages[message], from, to, start, end: start + duration,
    }));
    // By place, the latest end so far: what begins earlier and still goes on is found by it.
    let latest = 0;
    this.ends = this.arrows.map((arrow) => (latest = Math.max(latest, arrow.end)));
    this.spans = raw.spans.map(([kind, lane, start, duration, title]) => ({ kind, lane, start, end: start + duration, title: text(title) }));
    this.marks = raw.marks.map(([kind, lane, at, title, subjects]) => ({ kind, lane, at, title: text(title), subjects }));
    this.rows = raw.rows.map(([service, table, key, subjects, versions]) => new Row(text(service), text(table), key, subjects, versions));
    this.groups = raw.groups.map((group) => ({
      name: group.name,
      states: group.states.map(([at, state, members]) => ({
        at, state: text(state), members: members.map(([name, leads, partitions]) => ({ name: text(name), leads, partitions })),
      })),
      offsets: group.offsets.map(([partition, at, committed]) => ({ partition, at, committed })),
    }));
    // By partition, its records in order of offsets.
    this.logs = this.partitions.map(() => []);
    for (const message of this.messages) if (message && message.partition >= 0) this.logs[message.partition].push(message);
    for (const log of this.logs) log.sort((a, b) => a.offset - b.offset);
  }

  subject(name) { return name === null ? -1 : this.subjects.indexOf(name); }

  // The arrows that are in sight between two moments.
  *between(start, end) {
    const last = firstPlace(this.arrows.length, (place) => this.arrows[place].start > end);
    const first = firstPlace(last, (place) => this.ends[place] >= start);
    for (let place = first; place < last; place++) if (this.arrows[place].end >= start) yield this.arrows[place];
  }

  // Everything that happens, in order of time, that a filter lets through.
  events(accepts) {
    const events = [];
    for (const arrow of this.arrows) {
      if (accepts(arrow.message.subjects, arrow.message)) events.push({ at: arrow.read || arrow.message.kind === 'request' ? arrow.end : arrow.start, arrow });
    }
    for (const mark of this.marks) {
      if (accepts(mark.subjects, mark) || (mark.kind === 'fault' && accepts.keepsFaults)) events.push({ at: mark.at, mark });
    }
    return events.sort((a, b) => a.at - b.at);
  }

  logEnd(partition, moment) {
    const log = this.logs[partition];
    const place = firstPlace(log.length, (index) => log[index].at > moment);
    return place === 0 ? 0 : log[place - 1].offset + 1;
  }

  leader(partition, moment) {
    let lane = -1;
    for (const change of this.leaders) if (change.partition === partition && change.at <= moment) lane = change.lane;
    return lane;
  }

  isDown(lane, moment) { return this.spans.some((span) => span.kind === 'down' && span.lane === lane && span.start <= moment && moment < span.end); }
}

// A row through the run: a version holds what has changed since the one before.
class Row {
  constructor(service, table, key, subjects, versions) {
    Object.assign(this, { service, table, key, subjects });
    let value = null;
    this.versions = versions.map(([at, change]) => {
      const before = value;
      value = change === 0 ? null : before === null ? change : { ...before, ...change };
      if (value !== null) for (const name of Object.keys(value)) if (value[name] === null) delete value[name];
      return { at, value, changed: change === 0 || before === null ? [] : Object.keys(change) };
    });
  }

  // The version that stands at a moment; null when the row was never there before.
  at(moment) {
    const place = firstPlace(this.versions.length, (index) => this.versions[index].at > moment);
    return place === 0 ? null : this.versions[place - 1];
  }
}
