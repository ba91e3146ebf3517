// The page's clock stands still until the test moves it; network and answers are real.
// Across page loads the time is handed on in window.name.
(() => {
  if (window.__clock) return;
  const RealDate = Date, realFetch = window.fetch.bind(window);
  const channel = new MessageChannel();
  const turns = [];
  channel.port1.onmessage = () => turns.shift()();
  const turn = () => new Promise(done => { turns.push(done); channel.port2.postMessage(0); });
  let now = Number(window.name) || RealDate.now();
  const origin = now;
  let number = 0, inFlight = 0;
  const timers = new Map();
  const set = (t) => { now = t; window.name = String(t); };
  set(now);
  window.Date = class extends RealDate {
    constructor(...given) { if (given.length) super(...given); else super(now); }
    static now() { return now; }
  };
  performance.now = () => now - origin;
  const add = (work, ms, given, every) => {
    timers.set(++number, { at: now + Math.max(0, Number(ms) || 0), work, given, every });
    return number;
  };
  window.setTimeout = (work, ms, ...given) => add(work, ms, given, 0);
  window.setInterval = (work, ms, ...given) => add(work, ms, given, Math.max(1, Number(ms) || 0));
  window.clearTimeout = window.clearInterval = (id) => { timers.delete(id); };
  window.fetch = (...given) => {
    inFlight++;
    const answer = realFetch(...given);
    const over = () => { inFlight--; };
    answer.then(over, over);
    return answer;
  };
  const send = XMLHttpRequest.prototype.send;
  XMLHttpRequest.prototype.send = function (...given) {
    inFlight++;
    this.addEventListener('loadend', () => { inFlight--; });
    return send.apply(this, given);
  };
  // Nothing of the page waits for the network or has work left to do now.
  const settle = async () => {
    for (let quiet = 0; quiet < 4; quiet = inFlight ? 0 : quiet + 1) await turn();
  };
  const next = (until) => {
    let first = 0;
    for (const [id, timer] of timers)
      if (timer.at <= until && (!first || timer.at < timers.get(first).at)) first = id;
    return first;
  };
  window.__clock = {
    now: () => now,
    settle,
    // Go on by ms; what is due on the way happens at its instant.
    async pass(ms) {
      const until = now + ms;
      await settle();
      for (let id = next(until); id; id = next(until)) {
        const timer = timers.get(id);
        if (timer.every) timer.at += timer.every; else timers.delete(id);
        set(Math.max(now, timer.every ? timer.at - timer.every : timer.at));
        timer.work(...timer.given);
        await settle();
      }
      set(until);
      return now;
    },
  };
})();
