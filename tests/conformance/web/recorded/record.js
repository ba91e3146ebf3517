// Records what the real web SDK does with scenarios under a fake clock.
//
//   npm install @mparticle/web-sdk@2.68.0 jsdom@22.1.0 @sinonjs/fake-timers@15.5.0
//   node record.js < scenarios.jsonl > observed.jsonl
//
// A line of input is {"scenario": {...}, "conditions": {"latency_ms": N, "flags": {...}}}; a line of output is what
// was observed, in the shape of the recordings beside it. One jsdom window is one page; what a page stores is
// carried over to the next. The servers are in this process; they answer at once or after latency_ms. The
// identity server knows customer-N as user N and anybody else as user 1000. A frozen page's clock stands still and
// jumps at the thaw, as that of a laptop that slept.

"use strict";
const fs = require("fs");
const { JSDOM } = require("jsdom");
const FakeTimers = require("@sinonjs/fake-timers");

const SDK = fs.readFileSync(require.resolve("@mparticle/web-sdk/dist/mparticle.js"), "utf8");
const EPOCH = Date.parse("2026-01-01T00:00:00Z");
const UNIT_MS = { ms: 1, s: 1000, m: 60000, h: 3600000 };
const IDLE_POLL_MS = 500; // the uploader's, which has nothing to send; left out

process.on("unhandledRejection", (error) => { failed = String(error); });
let failed = null;

function durationMs(written) {
  if (typeof written === "number") return Math.round(written * 1000);
  let ms = 0;
  for (const part of written.matchAll(/(-?[\d.]+)\s*(ms|s|m|h)/g)) ms += parseFloat(part[1]) * UNIT_MS[part[2]];
  return Math.round(ms);
}

async function settle() {
  for (let turn = 0; turn < 6; turn++) await new Promise((resolve) => setImmediate(resolve));
}

class Browser {
  constructor(settings, conditions) {
    this.timeout = settings.session_timeout;
    this.latency = conditions.latency_ms || 0;
    this.flags = conditions.flags || {};
    this.now = 0; // since the scenario began, monotonic
    this.jumped = 0;
    this.page = null;
    this.stored = {};
    this.ids = []; // session ids in the order in which they were first held or sent
    this.byId = {};
    this.observed = { now_ms: 0, sessions: [], events: [], transitions: [], after_step: [], pending_checks_ms: [], stored_session: null };
  }

  ordinal(id) {
    if (!id) return null;
    if (!this.ids.includes(id)) this.ids.push(id);
    return this.ids.indexOf(id) + 1;
  }

  session(id) {
    if (!this.byId[id]) {
      const row = { ordinal: this.ordinal(id), start_ms: null, started_event_ms: null, end_ms: null, duration_ms: null, detected_ms: null, events: 0, attributes: null, end_mpid: null };
      this.byId[id] = row;
      this.observed.sessions.push(row);
    }
    return this.byId[id];
  }

  receive(batch) {
    for (const { event_type: type, data } of batch.events) {
      const t_ms = data.timestamp_unixtime_ms - EPOCH;
      const id = data.session_uuid;
      if (type === "session_start") {
        Object.assign(this.session(id), { start_ms: data.session_start_unixtime_ms - EPOCH, started_event_ms: t_ms });
      } else if (type === "session_end") {
        const seen = this.page.clock.now - EPOCH;
        Object.assign(this.session(id), { end_ms: t_ms, duration_ms: data.session_duration_ms, detected_ms: seen, attributes: data.custom_attributes || {}, end_mpid: batch.mpid });
      } else if (type === "custom_event") {
        if (this.byId[id]) this.byId[id].events++;
        this.observed.events.push({ t_ms, name: data.event_name, session: this.ordinal(id), mpid: batch.mpid });
      } else if (type === "application_state_transition") {
        this.observed.transitions.push({ t_ms, type: data.application_transition_type, session: this.ordinal(id), is_first_run: !!data.is_first_run });
      }
    }
  }

  answer(window, url, request) {
    const response = (status, body) => ({ status, ok: status < 300, headers: { get: () => null }, json: async () => body });
    if (/\/events$/.test(url)) {
      this.receive(JSON.parse(request.body));
      return Promise.resolve(response(202, {}));
    }
    let told = response(202, {});
    if (/\/config\?/.test(url)) {
      told = response(200, { appName: "t", workspaceToken: "t", kitConfigs: [], pixelConfigs: [], flags: { ...this.flags }, minWebviewBridgeVersion: 2 });
    } else if (/\/(identify|login)$/.test(url)) {
      const customer = (JSON.parse(request.body).known_identities || {}).customerid;
      const mpid = customer ? customer.replace("customer-", "") : "1000";
      told = response(200, { mpid, is_logged_in: !!customer, is_ephemeral: false, context: null, matched_identities: {} });
    }
    if (!this.latency) return Promise.resolve(told);
    return new Promise((resolve) => window.setTimeout(() => resolve(told), this.latency));
  }

  open(hidden) {
    const { window } = new JSDOM("<!doctype html><html><body></body></html>", { url: "https://example.com/", runScripts: "outside-only" });
    for (const key in this.stored) window.localStorage.setItem(key, this.stored[key]);
    const toFake = ["Date", "setTimeout", "setInterval", "clearTimeout", "clearInterval"];
    const clock = FakeTimers.withGlobal(window).install({ now: EPOCH + this.now + this.jumped, toFake });
    this.page = { window, clock, visible: hidden ? "hidden" : "visible", frozen: false, slept: 0 };
    const page = this.page;
    Object.defineProperty(window.document, "visibilityState", { get: () => page.visible });
    Object.defineProperty(window.document, "hidden", { get: () => page.visible === "hidden" });
    window.fetch = (url, request) => this.answer(window, String(url), request);
    window.eval(SDK);
    const config = { isDevelopmentMode: true, logLevel: "none" };
    if (this.timeout !== undefined) config.sessionTimeout = this.timeout / 60;
    window.mParticle.init("us1-key", config);
  }

  show(visible) {
    this.page.visible = visible;
    this.page.window.document.dispatchEvent(new this.page.window.Event("visibilitychange"));
  }

  save() {
    const storage = this.page.window.localStorage;
    this.stored = {};
    for (let at = 0; at < storage.length; at++) this.stored[storage.key(at)] = storage.getItem(storage.key(at));
  }

  close() {
    this.save();
    this.page.window.close();
    this.page = null;
  }

  timers() {
    const timers = [...(this.page.clock.timers || new Map()).values()];
    for (const timer of timers) if (timer.delay === IDLE_POLL_MS) this.page.clock.clearTimeout(timer.id);
    return timers.filter((timer) => timer.delay !== IDLE_POLL_MS);
  }

  dueMs(timer) {
    return timer.callAt - this.page.clock.now + this.now - this.page.slept;
  }

  held() {
    const store = this.page.window.mParticle.getInstance()._Store;
    return this.ordinal(store && store.sessionId);
  }

  // One timer at a time, so that answers are dealt with in between.
  async pass(ms) {
    const until = this.now + ms;
    if (this.page && this.page.frozen) this.page.slept += ms;
    while (this.page && !this.page.frozen) {
      const due = Math.min(Infinity, ...this.timers().map((timer) => this.dueMs(timer)));
      const step = Math.min(Math.max(0, due - this.now), until - this.now);
      this.page.clock.tick(step);
      this.now += step;
      await settle();
      this.held();
      if (due > until) break;
    }
    this.now = until;
  }

  async thaw() {
    const slept = this.page.slept;
    this.timers();
    this.page.slept = 0;
    this.page.frozen = false;
    this.page.clock.jump(slept);
    await settle();
  }

  async input(verb, what) {
    const mp = this.page && this.page.window.mParticle;
    if (verb === "launch") this.open(!!what.background);
    else if (verb === "foreground") { if (this.page.frozen) await this.thaw(); this.show("visible"); }
    else if (verb === "background") this.show("hidden");
    else if (verb === "suspend") this.page.frozen = true;
    else if (verb === "resume") await this.thaw();
    else if (verb === "terminate" && !this.page.frozen) {
      for (const name of ["beforeunload", "pagehide"]) this.page.window.dispatchEvent(new this.page.window.Event(name));
      this.show("hidden");
      await settle();
      this.close();
    } else if (["terminate", "force_quit", "crash"].includes(verb)) this.close();
    else if (verb === "begin_session") mp.startNewSession();
    else if (verb === "end_session") mp.endSession();
    else if (verb === "log_event") mp.logEvent(what.name, 1, {});
    else if (verb === "screen_view") mp.logPageView(what.name);
    else if (verb === "set_session_attribute") mp.setSessionAttribute(what.key, what.value);
    else if (verb === "opt_out") mp.setOptOut(what.value);
    else if (verb === "login") mp.Identity.login({ userIdentities: { customerid: "customer-" + what.mpid } });
    else if (verb === "clock_jump") {
      const by = durationMs(what.by);
      this.jumped += by;
      if (this.page) this.page.clock.setSystemTime(this.page.clock.now + by);
    } else throw new Error("no such input: " + verb);
  }

  async play(steps) {
    for (const step of steps) {
      await this.pass(durationMs(step.after || 0));
      if (step.do) await this.input(step.do, step.with || {});
      await settle();
      await this.pass(0);
      this.observed.after_step.push(this.page ? this.held() : null);
      const pending = this.page ? this.timers().map((timer) => this.dueMs(timer)) : [];
      this.observed.pending_checks_ms.push(pending.sort((one, other) => one - other));
    }
    if (this.page) this.close();
    for (const key in this.stored) {
      const id = /^mprtcl-v4/.test(key) && /'sid':'([^']+)'/.exec(this.stored[key]);
      if (id) this.observed.stored_session = this.ordinal(id[1]);
    }
    this.observed.now_ms = this.now;
    if (failed) throw new Error(failed);
    return this.observed;
  }
}

async function main() {
  for (const line of fs.readFileSync(0, "utf8").split("\n").filter(Boolean)) {
    const { scenario, conditions } = JSON.parse(line);
    let observed;
    try {
      failed = null;
      observed = await new Browser(scenario.settings || {}, conditions || {}).play(scenario.steps);
    } catch (error) {
      observed = { error: String(error) };
    }
    process.stdout.write(JSON.stringify(observed) + "\n");
  }
  process.exit(0);
}

main();
