'use strict';
// The page: what is chosen, the slider, the keys.

(function () {
  const root = document.documentElement;
  root.dataset.errors = '0';
  window.addEventListener('error', (event) => { root.dataset.errors = String(Number(root.dataset.errors) + 1); root.dataset.error = event.message; });

  const data = JSON.parse(document.getElementById('data').textContent);
  const worlds = data.worlds.map((raw) => new World(raw));
  const $ = (id) => document.getElementById(id);
  const end = Math.max(...worlds.map((world) => world.end), 1);

  const view = {
    t: data.moment, subject: null, text: '', lanes: 'involved', mode: 'story', from: 0, to: 1, scale: new ClockScale(end),
    selected: null, active: 0, worldCount: worlds.length, colours: colours(), room: worlds.length > 1 ? 300 : 470,
    get isFiltered() { return this.subject !== null || this.text !== ''; },
    get hidesOthers() { return false; },
    matchesText(text) { return this.text === '' || text.toLowerCase().includes(this.text); },
  };
  view.fewFaults = worlds[0].marks.filter((mark) => mark.kind === 'fault').length <= 12;
  const ids = worlds.map(() => -1);
  // Whether something is about what was chosen; each world counts its subjects by itself.
  let current = 0;
  view.accepts = (subjects, thing) => {
    if (ids[current] >= 0 && !subjects.includes(ids[current])) return false;
    if (view.subject !== null && ids[current] < 0) return false;
    return view.text === '' || (thing.title + ' ' + (thing.detail || '')).toLowerCase().includes(view.text);
  };
  Object.defineProperty(view.accepts, 'keepsFaults', { get: () => view.fewFaults });
  view.inSight = (span) => !view.isFiltered || momentSet[current].has(span.end);
  view.moments = (world) => {
    const isBad = world === worlds[0];
    const moments = [];
    if (data.lastSaved !== null) moments.push({ at: data.lastSaved, title: 'could still be saved', colour: view.colours.good, isBefore: true });
    if (data.decided !== null && isBad) moments.push({ at: data.decided, title: 'decided', colour: view.colours.fault });
    if (data.at !== null && isBad) moments.push({ at: data.at, title: '✘ ' + data.checker, colour: view.colours.bad });
    return moments;
  };

  const pictures = worlds.map((world, index) => {
    const canvas = element('canvas', { role: 'img', 'aria-label': 'Messages between clients, services, brokers and providers' });
    const box = element('div', { class: 'world' + (index > 0 ? ' good' : '') }, worlds.length > 1 ? element('h3', {}, world.name) : null, canvas);
    $('canvases').append(box);
    box.addEventListener('click', () => activate(index));
    return new Picture(world, canvas, view);
  });
  const state = new StatePanel($('state'));
  let events = [[]];
  let momentSet = [new Set()];

  // MARK: What is chosen

  function choose() {
    worlds.forEach((world, index) => { ids[index] = world.subject(view.subject); });
    events = worlds.map((world, index) => { current = index; return world.events(view.accepts); });
    momentSet = worlds.map((world, index) => new Set(events[index].map((event) => event.at)));
    const middle = view.t;
    setScale();
    fit(middle);
    listEvents();
    view.taking = new Set();
    pictures.forEach((picture, index) => { current = index; picture.addTaking(view.taking); });
    for (const picture of pictures) picture.layOut();
    $('hits').textContent = view.isFiltered ? events[view.active].length + ' events' : '';
    mark('#lanes', 'lanes', view.lanes);
    mark('#scales', 'scale', view.mode);
    draw();
  }

  function mark(group, key, value) {
    for (const button of document.querySelectorAll(group + ' button')) button.classList.toggle('on', button.dataset[key] === value);
  }

  function setScale() {
    const moments = [];
    if (view.mode === 'story' && view.isFiltered) {
      worlds.forEach((world, index) => {
        for (const event of events[index]) moments.push(event.at, event.arrow ? event.arrow.start : event.at, event.arrow ? event.arrow.end : event.at);
        if (view.fewFaults) for (const span of world.spans) if (span.kind !== 'transaction') moments.push(span.start, span.end);
      });
      if (data.at !== null) moments.push(data.at);
      if (data.decided !== null) moments.push(data.decided, data.lastSaved ?? data.decided);
    }
    view.scale = moments.length > 1 && moments.length < 60000 ? new StoryScale(moments, end) : new ClockScale(end);
  }

  // All of it, if there is little; else what is around a moment.
  function fit(moment) {
    const shown = events[view.active];
    const own = shown.filter((event) => event.arrow || event.mark.subjects.length);
    if (view.isFiltered && own.length > 1) {
      const indexAt = (at) => firstPlace(own.length, (index) => own[index].at >= at);
      const count = 70;
      const place = indexAt(moment);
      let first = Math.max(0, Math.min(place - count * 0.6, own.length - count)) | 0;
      let last = Math.min(own.length - 1, first + count);
      // From a little before what decided it to the violation, if that is not too much.
      const broken = data.at === null ? -1 : indexAt(data.at);
      if (broken >= place && broken - place < 100) {
        first = Math.max(0, Math.min(place - 14, broken - 40));
        last = Math.min(own.length - 1, Math.max(broken + 3, first + 24));
      }
      const around = [view.scale.place(own[first].at), view.scale.place(Math.max(own[last].at, last === own.length - 1 && data.at !== null ? data.at : 0))];
      const margin = (around[1] - around[0]) * 0.03 + 1;
      setWindow(around[0] - margin, around[1] + margin * 2);
    } else {
      setWindow(0, view.scale.length);
    }
  }

  function setWindow(from, to) {
    const length = view.scale.length;
    const least = view.mode === 'story' && view.scale instanceof StoryScale ? length / 400 : 50;
    const width = Math.max(least, Math.min(to - from, length * 1.02));
    const middle = (from + to) / 2;
    view.from = Math.max(-length * 0.01, Math.min(middle - width / 2, length * 1.01 - width));
    view.to = view.from + width;
  }

  // MARK: Drawing

  let isDue = false;
  function draw() {
    if (isDue) return;
    isDue = true;
    requestAnimationFrame(paint);
  }

  function paint() {
    isDue = false;
    pictures.forEach((picture, index) => { current = index; picture.draw(); });
    drawOverview();
    current = view.active;
    const shown = events[view.active];
    const place = firstPlace(shown.length, (index) => shown[index].at > view.t);
    let before = place - 1;
    while (before >= 0 && shown[before].at === shown[place - 1].at) before--;
    state.show(worlds[view.active], view, before >= 0 ? shown[before].at : -1);
    markEvents(place - 1);
    $('clock').textContent = clock(view.t, 6) + ' s';
    root.dataset.t = clock(view.t, 6);
    if (!root.dataset.ready) { root.dataset.ready = '1'; root.dataset.loaded = String(Math.round(performance.now())); }
    const about = view.subject === null ? '' : '&about=' + encodeURIComponent(view.subject);
    try { history.replaceState(null, '', '#t=' + clock(view.t, 6) + about); } catch { /* A page from a file may not. */ }
  }

  const slider = $('slider');
  function drawOverview() {
    const canvas = $('overview');
    const width = canvas.parentElement.clientWidth;
    const ratio = window.devicePixelRatio || 1;
    canvas.width = Math.round(width * ratio);
    canvas.height = Math.round(34 * ratio);
    const c = canvas.getContext('2d');
    c.setTransform(ratio, 0, 0, ratio, 0, 0);
    const length = view.scale.length;
    const x = (moment) => view.scale.place(moment) / length * width;
    c.fillStyle = view.colours.lane;
    c.fillRect(0, 0, width, 34);
    const bins = new Float32Array(Math.ceil(width / 2) + 1);
    for (const event of events[view.active]) bins[Math.max(0, Math.min(bins.length - 1, x(event.at) / 2 | 0))]++;
    const most = Math.max(1, ...bins);
    c.fillStyle = view.colours.read;
    bins.forEach((count, index) => { if (count) { const h = 3 + 20 * Math.sqrt(count / most); c.fillRect(index * 2, 30 - h, 1.6, h); } });
    c.fillStyle = view.colours.fault;
    for (const fault of worlds[view.active].marks) if (fault.kind === 'fault') c.fillRect(x(fault.at) - 0.5, 0, 1.5, 6);
    for (const { at, colour } of view.moments(worlds[view.active])) { c.fillStyle = colour; c.fillRect(x(at) - 1, 0, 2, 34); }
    c.strokeStyle = view.colours.soft;
    c.strokeRect(Math.max(0.5, view.from / length * width), 0.5, Math.min(width - 1, (view.to - view.from) / length * width), 33);
    c.fillStyle = view.colours.now;
    const now = x(view.t);
    c.fillRect(now - 1, 0, 2, 34);
    c.beginPath();
    c.arc(now, 17, 5, 0, 7);
    c.fill();
    slider.value = String(Math.round(view.scale.place(view.t) / length * 10000));
    slider.setAttribute('aria-valuetext', clock(view.t, 3) + ' seconds');
  }

  // MARK: The list of events

  const LIST_LIMIT = 600;
  let listed = { first: 0, rows: [] };

  function listEvents() {
    const shown = events[view.active];
    const place = firstPlace(shown.length, (index) => shown[index].at > view.t);
    const first = Math.max(0, Math.min(place - LIST_LIMIT / 2, shown.length - LIST_LIMIT)) | 0;
    const rows = shown.slice(first, first + LIST_LIMIT).map((event) => {
      const { arrow, mark } = event;
      const world = worlds[view.active];
      const who = arrow ? world.lanes[arrow.from].name + ' → ' + world.lanes[arrow.to].name : mark.lane < 0 ? '' : world.lanes[mark.lane].name;
      const what = arrow ? (arrow.read ? 'reads ' : '') + arrow.message.title + (arrow.lost ? ' ✕ lost' : '') : mark.title;
      const row = element('tr', { class: mark && mark.kind === 'fault' ? 'fault' : null }, element('td', { class: 'at' }, clock(event.at, 4)), element('td', { class: 'who' }, who), element('td', {}, what));
      row.addEventListener('click', () => { select(arrow || null); setMoment(event.at); });
      return row;
    });
    listed = { first, rows };
    document.querySelector('#events tbody').replaceChildren(...rows);
    $('events-count').textContent = shown.length > LIST_LIMIT ? LIST_LIMIT + ' of ' + shown.length + ', around the moment' : String(shown.length);
  }

  function markEvents(now) {
    if (now < listed.first || now >= listed.first + listed.rows.length) {
      if (events[view.active].length > LIST_LIMIT && now >= 0) listEvents();
    }
    let marked = null;
    listed.rows.forEach((row, index) => {
      const place = index + listed.first;
      row.classList.toggle('later', place > now);
      row.classList.toggle('now', place === now);
      if (place === now) marked = row;
    });
    if (marked) {
      const list = marked.closest('.list');
      const top = marked.offsetTop;
      if (top < list.scrollTop + 40 || top > list.scrollTop + list.clientHeight - 60) list.scrollTop = top - list.clientHeight / 2;
    }
  }

  function select(arrow) {
    view.selected = arrow;
    const box = $('selected');
    if (arrow === null) { box.replaceChildren(); return; }
    const world = worlds[view.active];
    const { message } = arrow;
    let detail = message.detail;
    try { detail = JSON.stringify(JSON.parse(detail), null, 2); } catch { /* No JSON: as it is. */ }
    const place = message.partition < 0 ? '' : world.partitions[message.partition] + '@' + message.offset + ', ';
    box.replaceChildren(element('b', {}, message.title), element('div', { class: 'hint' },
      place + world.lanes[arrow.from].name + ' ' + clock(arrow.start, 6) + ' s → ' + world.lanes[arrow.to].name + ' ' + (arrow.lost ? 'never' : clock(arrow.end, 6) + ' s')),
      detail ? element('pre', {}, detail) : null);
  }

  // MARK: Moving

  function setMoment(moment, keepsWindow = false) {
    view.t = Math.max(0, Math.min(moment, end));
    if (!keepsWindow) {
      const place = view.scale.place(view.t);
      const width = view.to - view.from;
      if (place < view.from + width * 0.04) setWindow(place - width * 0.3, place + width * 0.7);
      if (place > view.to - width * 0.04) setWindow(place - width * 0.7, place + width * 0.3);
    }
    draw();
  }

  function step(count) {
    const shown = events[view.active];
    if (shown.length === 0) return;
    for (let left = Math.abs(count); left > 0; left--) {
      const place = count > 0
        ? firstPlace(shown.length, (index) => shown[index].at > view.t)
        : firstPlace(shown.length, (index) => shown[index].at >= view.t) - 1;
      if (place < 0 || place >= shown.length) break;
      view.t = shown[place].at;
      if (left === 1) select(shown[place].arrow || null);
    }
    setMoment(view.t);
  }

  function zoom(factor, around = view.scale.place(view.t)) {
    const share = (around - view.from) / (view.to - view.from);
    const width = (view.to - view.from) * factor;
    setWindow(around - share * width, around + (1 - share) * width);
    draw();
  }

  function activate(index) {
    if (view.active === index) return;
    view.active = index;
    pictures.forEach((picture, place) => picture.canvas.parentElement.classList.toggle('active', place === index));
    select(null);
    listEvents();
    draw();
  }

  pictures.forEach((picture, index) => {
    const canvas = picture.canvas;
    let drag = null;
    canvas.addEventListener('pointerdown', (event) => { drag = { x: event.offsetX, from: view.from, to: view.to, moved: false }; canvas.setPointerCapture(event.pointerId); });
    canvas.addEventListener('pointermove', (event) => {
      if (drag) {
        const delta = (event.offsetX - drag.x) / (picture.width - GUTTER) * (drag.to - drag.from);
        if (Math.abs(event.offsetX - drag.x) > 3) { drag.moved = true; canvas.classList.add('dragging'); }
        if (drag.moved) { setWindow(drag.from - delta, drag.to - delta); draw(); }
      }
      tip(picture, event);
    });
    canvas.addEventListener('pointerup', (event) => {
      canvas.classList.remove('dragging');
      const wasDrag = drag && drag.moved;
      drag = null;
      if (wasDrag) return;
      activate(index);
      const target = picture.hit(event.offsetX, event.offsetY);
      select(target && target.arrow ? target.arrow : null);
      setMoment(target ? (target.arrow ? target.arrow.end : target.start) : picture.momentAt(event.offsetX), true);
    });
    canvas.addEventListener('pointerleave', () => { $('tip').hidden = true; });
    canvas.addEventListener('wheel', (event) => {
      if (!event.ctrlKey && !event.metaKey && Math.abs(event.deltaX) <= Math.abs(event.deltaY)) return;
      event.preventDefault();
      if (event.ctrlKey || event.metaKey) zoom(Math.exp(event.deltaY / 300), view.scale.place(picture.momentAt(event.offsetX)));
      else { const delta = event.deltaX / picture.width * (view.to - view.from); setWindow(view.from + delta, view.to + delta); draw(); }
    }, { passive: false });
  });

  function tip(picture, event) {
    const box = $('tip');
    const target = picture.hit(event.offsetX, event.offsetY);
    box.hidden = !target;
    if (!target) return;
    const { lanes, partitions } = picture.world;
    if (target.arrow) {
      const { message, from, to, start, lost } = target.arrow;
      const place = message.partition < 0 ? '' : ' · ' + partitions[message.partition] + '@' + message.offset;
      box.replaceChildren(element('b', {}, message.title), element('span', {}, lanes[from].name + ' → ' + lanes[to].name + place),
        element('span', { class: 'hint' }, ' ' + clock(start, 4) + ' s ' + (lost ? '→ never' : '→ ' + clock(target.arrow.end, 4) + ' s')), message.detail ? element('span', { class: 'mono' }, message.detail.slice(0, 300)) : null);
    } else {
      box.replaceChildren(element('b', {}, target.title), element('span', { class: 'hint' }, clock(target.start, 4) + ' s' + (target.end > target.start ? ' to ' + clock(target.end, 4) + ' s' : '')));
    }
    box.style.left = Math.min(event.clientX + 14, window.innerWidth - box.offsetWidth - 8) + 'px';
    box.style.top = Math.min(event.clientY + 14, window.innerHeight - box.offsetHeight - 8) + 'px';
  }

  // MARK: Controls

  function fillSubjects() {
    const names = [...new Set(worlds.flatMap((world) => world.subjects))];
    const first = names.includes(data.subject) ? [data.subject] : [];
    const rest = names.filter((name) => name !== data.subject).sort((a, b) => (a < b ? -1 : 1)).slice(0, 5000);
    $('subject').append(element('option', { value: '' }, 'everything'), ...[...first, ...rest].map((name) => element('option', { value: name }, name)));
  }

  function about(name) {
    view.subject = name === '' ? null : name;
    $('subject').value = name;
    choose();
  }

  function decisive() {
    view.t = data.moment;
    fit(data.moment);
    setMoment(data.moment);
  }

  $('subject').addEventListener('change', (event) => about(event.target.value));
  $('search').addEventListener('input', (event) => { view.text = event.target.value.trim().toLowerCase(); choose(); });
  $('search').addEventListener('keydown', (event) => {
    if (event.key === 'Enter') { step(event.shiftKey ? -1 : 1); event.preventDefault(); }
    if (event.key === 'Escape') { event.target.value = ''; view.text = ''; event.target.blur(); choose(); event.stopPropagation(); }
  });
  slider.addEventListener('input', () => setMoment(view.scale.moment(Number(slider.value) / 10000 * view.scale.length)));
  document.addEventListener('click', (event) => {
    const { lanes, scale, t, subject, copy } = event.target.dataset || {};
    if (lanes) { view.lanes = lanes; choose(); }
    if (scale) { view.mode = scale; choose(); }
    if (t !== undefined && event.target.tagName === 'BUTTON') { setMoment(Number(t)); $('picture').scrollIntoView({ block: 'nearest' }); }
    if (subject !== undefined && worlds.some((world) => world.subjects.includes(subject))) about(subject);
    if (copy !== undefined) navigator.clipboard?.writeText(copy).then(() => { event.target.textContent = 'copied'; setTimeout(() => { event.target.textContent = 'copy'; }, 1200); }, () => {});
  });
  $('before').addEventListener('click', () => step(-1));
  $('after').addEventListener('click', () => step(1));
  $('closer').addEventListener('click', () => zoom(0.6));
  $('farther').addEventListener('click', () => zoom(1.7));
  $('whole').addEventListener('click', () => { setWindow(0, view.scale.length); draw(); });
  $('decisive').addEventListener('click', decisive);

  const keys = {
    ArrowRight: (event) => step(event.shiftKey ? 10 : 1), ArrowLeft: (event) => step(event.shiftKey ? -10 : -1),
    Home: () => setMoment(0), End: () => setMoment(end), '+': () => zoom(0.6), '=': () => zoom(0.6), '-': () => zoom(1.7),
    0: () => { setWindow(0, view.scale.length); draw(); }, m: decisive, '/': () => $('search').focus(), Escape: () => about(''),
  };
  document.addEventListener('keydown', (event) => {
    const isTyping = event.target.matches('input[type=search], select, textarea');
    if (isTyping || event.ctrlKey || event.metaKey || event.altKey || !(event.key in keys)) return;
    event.preventDefault();
    keys[event.key](event);
  });

  function legend() {
    const line = (colour, text, dash) => element('span', {}, element('i', { style: 'border-color:var(--' + colour + ');border-top-style:' + (dash || 'solid') }), text);
    $('legend').replaceChildren(line('request', 'request'), line('answer', 'answer', 'dashed'), line('record', 'record, written'), line('read', 'record, read'), line('commit', 'store transaction'),
      line('call', 'call of a provider'), line('bad', 'lost', 'dashed'), element('span', {}, element('i', { class: 'box', style: 'background:var(--fault-soft)' }), 'fault'),
      element('span', {}, element('i', { class: 'box', style: 'background:var(--down)' }), 'down'), element('span', {}, 'what comes after the moment is pale'));
  }

  function fromFragment() {
    const wanted = new URLSearchParams(location.hash.slice(1));
    if (wanted.has('about')) view.subject = wanted.get('about') || null;
    if (wanted.has('t') && Number.isFinite(Number(wanted.get('t')))) view.t = Math.max(0, Math.min(end, Number(wanted.get('t')) * 1e6));
  }

  fillSubjects();
  legend();
  if (worlds[0].subjects.includes(data.subject)) view.subject = data.subject;
  fromFragment();
  pictures[0].canvas.parentElement.classList.add('active');
  $('subject').value = view.subject ?? '';
  choose();
  window.addEventListener('hashchange', () => { const before = view.t; fromFragment(); if (view.t !== before) setMoment(view.t); });
  window.addEventListener('resize', () => { for (const picture of pictures) picture.layOut(); draw(); });
  matchMedia('(prefers-color-scheme: dark)').addEventListener('change', () => { view.colours = colours(); draw(); });
}());
