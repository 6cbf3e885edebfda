'use strict';
// What stood where at a moment: rows of stores, ends of logs, groups, who was up.

function element(name, attributes = {}, ...children) {
  const made = document.createElement(name);
  for (const [key, value] of Object.entries(attributes)) if (value !== null && value !== false) made.setAttribute(key, value);
  for (const child of children.flat()) if (child !== null && child !== undefined) made.append(child);
  return made;
}

function words(value) {
  if (value === null || value === undefined) return '';
  if (typeof value === 'string') return value;
  if (Array.isArray(value)) return value.map(words).join(', ');
  if (typeof value === 'object') return Object.entries(value).map(([key, inner]) => key + ' ' + words(inner)).join(', ');
  return String(value);
}

const TILE_LIMIT = 36;

// Tables that every service has: interesting after its own.
const PLUMBING = ['inbox', 'outbox', 'outbox_queues', 'answers', 'calls', 'deadlines', 'arrivals'];

class StatePanel {
  constructor(root) { this.root = root; }

  // `before` is the moment of the event before: what has changed since is marked.
  show(world, view, before) {
    const parts = world.watched
      ? [this.people(world, view), this.rows(world, view, before), element('div', { class: 'columns' }, this.topics(world, view), this.groups(world, view))]
      : [this.people(world, view), this.topics(world, view)];
    this.root.replaceChildren(...parts);
  }

  people(world, view) {
    const chips = [];
    const busy = world.spans.filter((span) => span.kind === 'fault' && span.start <= view.t && view.t < span.end);
    const titles = new Set();
    for (const span of busy) {
      if (!titles.has(span.title)) chips.push(element('span', { class: 'chip fault' }, span.title));
      titles.add(span.title);
    }
    world.lanes.forEach((lane, index) => {
      if (lane.kind !== 'instance' && lane.kind !== 'broker') return;
      const down = world.isDown(index, view.t);
      if (down || lane.kind === 'broker') chips.push(element('span', { class: down ? 'chip down' : 'chip', title: down ? lane.name + ' is down' : lane.name + ' is up' }, lane.name));
    });
    return element('div', {}, element('h2', {}, 'At ' + clock(view.t, 6) + ' s' + (view.worldCount > 1 ? ', ' + world.name : '')), element('div', { class: 'chips' }, chips));
  }

  rows(world, view, before) {
    const subject = world.subject(view.subject);
    const own = [];
    const named = new Set();
    for (const row of world.rows) {
      if (subject >= 0 ? !row.subjects.includes(subject) : !view.matchesText(row.service + ' ' + row.table + ' ' + row.key)) continue;
      const version = row.at(view.t);
      if (version === null || (version.value === null && version.at <= before)) continue;
      own.push({ row, version });
      if (version.value) collect(version.value, named);
    }
    const related = [];
    if (subject >= 0) {
      for (const row of world.rows) {
        if (row.subjects.includes(subject) || !named.has(row.key) || !/[A-Za-z]/.test(row.key)) continue;
        const version = row.at(view.t);
        if (version && version.value) related.push({ row, version });
      }
    }
    const rank = ({ row }) => (row.key === view.subject ? 0 : 1) + (PLUMBING.includes(row.table) ? 2 : 0);
    const byFreshness = subject < 0 ? own.sort((a, b) => b.version.at - a.version.at) : own.sort((a, b) => rank(a) - rank(b));
    const tiles = byFreshness.slice(0, TILE_LIMIT).map((found) => this.tile(found, before));
    const about = subject >= 0 ? view.subject + ' in the stores' : 'Rows, latest first';
    const more = own.length > TILE_LIMIT ? element('p', { class: 'hint' }, '… and ' + (own.length - TILE_LIMIT) + ' more rows') : null;
    const empty = own.length === 0 ? element('p', { class: 'empty' }, 'No store knows of it yet.') : null;
    return element('div', {}, element('h2', {}, about), empty, element('div', { class: 'tiles' }, tiles), more,
      related.length ? [element('h2', { style: 'margin-top:.8rem' }, 'What these rows name'), element('div', { class: 'tiles' }, related.slice(0, 12).map((found) => this.tile(found, before)))] : null);
  }

  tile({ row, version }, before) {
    const fresh = version.at > before;
    const head = element('h4', {}, row.service + ' · ' + row.table + ' ', element('b', {}, row.key));
    if (version.value === null) return element('div', { class: 'tile gone fresh' }, head, 'is gone');
    const list = element('dl');
    for (const [name, value] of Object.entries(version.value)) {
      if (name === 'key') continue;
      list.append(element('dt', {}, name), element('dd', { class: fresh && version.changed.includes(name) ? 'changed' : null }, words(value)));
    }
    return element('div', { class: fresh ? 'tile fresh' : 'tile' }, head, list);
  }

  topics(world, view) {
    const subject = world.subject(view.subject);
    const table = element('table', { class: 'rows' }, element('tr', {}, ['log', 'leader', 'end', 'latest record'].map((name) => element('th', {}, name))));
    world.partitions.forEach((name, partition) => {
      const end = world.logEnd(partition, view.t);
      if (end === 0) return;
      const log = world.logs[partition];
      const records = log.filter((record) => record.at <= view.t && (subject < 0 || record.subjects.includes(subject)));
      const latest = records[records.length - 1];
      if (!latest && subject >= 0) return;
      const lane = world.leader(partition, view.t);
      table.append(element('tr', {}, element('td', {}, name), element('td', {}, lane < 0 ? '—' : world.lanes[lane].name), element('td', { class: 'number' }, String(end)),
        element('td', {}, latest ? '@' + latest.offset + ' ' + latest.title : '')));
    });
    return element('div', { class: 'card' }, element('h2', {}, subject < 0 ? 'Topics' : 'Topics with records of ' + view.subject), table);
  }

  groups(world, view) {
    const card = element('div', { class: 'card' }, element('h2', {}, 'Consumer groups'));
    const table = element('table', { class: 'rows' }, element('tr', {}, ['group', 'state', 'members', 'behind'].map((name) => element('th', {}, name))));
    for (const group of world.groups) {
      const place = firstPlace(group.states.length, (index) => group.states[index].at > view.t);
      const state = place === 0 ? null : group.states[place - 1];
      const committed = new Map();
      for (const offset of group.offsets) if (offset.at <= view.t) committed.set(offset.partition, offset.committed);
      const reads = new Set(committed.keys());
      for (const member of state ? state.members : []) for (const name of member.partitions) reads.add(world.partitions.indexOf(name));
      const behind = [];
      let lag = 0;
      for (const partition of [...reads].sort((a, b) => a - b)) {
        if (partition < 0) continue;
        const missing = Math.max(0, world.logEnd(partition, view.t) - (committed.get(partition) ?? 0));
        lag += missing;
        if (missing > 0) behind.push(world.partitions[partition] + ' at ' + (committed.get(partition) ?? '–') + ' of ' + world.logEnd(partition, view.t));
      }
      const members = state ? state.members.map((member) => member.name + (member.partitions.length ? ' (' + member.partitions.length + ')' : '')).join(', ') : '';
      const title = state ? state.members.map((member) => member.name + ': ' + member.partitions.join(', ')).join('\n') : null;
      table.append(element('tr', { class: lag > 0 ? 'behind' : null }, element('td', {}, group.name), element('td', {}, state ? state.state : '—'), element('td', { title }, members),
        element('td', { title: behind.join('\n') || null }, lag > 0 ? lag + ': ' + behind.slice(0, 2).join(', ') + (behind.length > 2 ? ', …' : '') : '0')));
    }
    card.append(table);
    return card;
  }
}

// Every text in a value.
function collect(value, into) {
  if (typeof value === 'string') into.add(value);
  else if (value && typeof value === 'object') for (const inner of Object.values(value)) collect(inner, into);
}
