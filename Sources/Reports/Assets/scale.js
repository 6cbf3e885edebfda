'use strict';
// Where a moment stands in the picture: by the clock, or event by event, where idle time is squeezed.

class ClockScale {
  constructor(end) { this.length = Math.max(end, 1); }
  place(moment) { return moment; }
  moment(place) { return place; }
}

class StoryScale {
  constructor(moments, end) {
    const sorted = [...new Set([0, ...moments, end])].sort((a, b) => a - b);
    const gaps = sorted.slice(1).map((moment, index) => moment - sorted[index]).sort((a, b) => a - b);
    const unit = Math.min(20000, Math.max(150, gaps[gaps.length >> 1] || 1000));
    this.moments = sorted;
    this.places = [0];
    for (let index = 1; index < sorted.length; index++) {
      const gap = sorted[index] - sorted[index - 1];
      this.places.push(this.places[index - 1] + unit * Math.log2(1.3 + gap / unit));
    }
    this.length = Math.max(this.places[this.places.length - 1], 1);
  }

  place(moment) { return StoryScale.between(this.moments, this.places, moment); }
  moment(place) { return StoryScale.between(this.places, this.moments, place); }

  static between(from, to, value) {
    if (from.length < 2 || value <= from[0]) return to[0];
    const last = from.length - 1;
    if (value >= from[last]) return to[last];
    const upper = firstPlace(from.length, (index) => from[index] > value);
    const share = (value - from[upper - 1]) / (from[upper] - from[upper - 1]);
    return to[upper - 1] + share * (to[upper] - to[upper - 1]);
  }
}

// Seconds with as many digits as a picture of this width needs.
function clock(micros, digits = 3) { return (micros / 1e6).toFixed(digits); }
