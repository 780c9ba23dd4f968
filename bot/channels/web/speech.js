// Speaking instead of writing: hold the button and let go to send, or tap it, speak, and send or discard. And replies read aloud.
// The microphone is asked for when it is used, and let go afterwards.
"use strict";

const HOLD_MS = 350;
const mic = $("mic"), bar = $("speaking"), heard = $("heard"), wave = $("wave");
let speech = null;

class Speech {
  constructor(held) {
    this.held = held;
    this.state = "starting";
    this.id = newId();
    // What is said before the line stands is kept, and sent first.
    this.early = [];
  }

  async start() {
    this.stream = await navigator.mediaDevices.getUserMedia({
      audio: { channelCount: 1, echoCancellation: true, noiseSuppression: true, autoGainControl: true },
    });
    if (this.state === "over") return this.close();
    this.audio = new AudioContext();
    await this.audio.audioWorklet.addModule("/static/samples.js");
    if (this.state === "over") return this.close();
    const source = this.audio.createMediaStreamSource(this.stream);
    this.meter = this.audio.createAnalyser();
    this.meter.fftSize = 512;
    this.samples = new AudioWorkletNode(this.audio, "samples", { numberOfOutputs: 0 });
    source.connect(this.meter);
    source.connect(this.samples);
    const place = location.protocol === "https:" ? "wss:" : "ws:";
    this.socket = new WebSocket(`${place}//${location.host}/api/v1/conversations/${conversation.id}/speech`);
    this.socket.binaryType = "arraybuffer";
    this.socket.onopen = () => {
      this.tell({ type: "start", token: conversation.token, rate: this.audio.sampleRate, client_message_id: this.id });
    };
    this.socket.onmessage = (event) => this.on(JSON.parse(event.data));
    this.socket.onclose = () => { if (this.state !== "over") this.fail("网络断了一下，请再说一遍。"); };
    this.samples.port.onmessage = (event) => {
      if (this.state === "starting") this.early.push(event.data);
      else if (this.state === "listening" && this.socket.readyState === WebSocket.OPEN) this.socket.send(event.data);
    };
    this.draw();
  }

  tell(order) { this.socket.send(JSON.stringify(order)); }

  on(message) {
    if (message.type === "ready") {
      this.state = "listening";
      this.early.splice(0).forEach((sound) => this.socket.send(sound));
      if (this.wanted) this[this.wanted]();
    } else if (message.type === "partial") {
      show(message.text);
    } else if (message.type === "end" && !this.held) {
      this.stop();
    } else if (message.type === "heard") {
      show(message.text);
      if (this.sending) return;
      this.state = "heard";
      $("speech-send").disabled = false;
      $("speech-send").focus();
    } else if (message.type === "answer") {
      line(message.transcript, "citizen", "spoken");
      this.over();
      trouble.hidden = true;
      answer(message);
    } else if (message.type === "discarded") {
      this.over();
    } else if (message.type === "problem") {
      if (message.again) this.again(message.detail); else this.fail(message.detail);
    }

    function show(text) { heard.textContent = text || "……"; }
  }

  stop() {
    if (this.state === "starting") { this.wanted = "stop"; return; }
    if (this.state !== "listening") return;
    this.state = "stopping";
    this.quiet();
    this.tell({ type: "stop" });
  }

  send() {
    this.sending = true;
    $("speech-send").disabled = true;
    if (this.state === "starting") { this.wanted = "send"; return; }
    this.quiet();
    this.state = "sending";
    this.tell({ type: "send" });
  }

  discard() {
    if (this.socket && this.socket.readyState === WebSocket.OPEN) this.tell({ type: "discard" });
    this.over();
  }

  quiet() { if (this.stream) this.stream.getTracks().forEach((track) => track.stop()); }

  // What was said is kept; it can be sent in a moment.
  again(detail) {
    this.sending = false;
    this.state = "heard";
    $("speech-send").disabled = false;
    $("speech-send").focus();
    fail(new Error(detail));
  }

  fail(detail) {
    this.over();
    fail(new Error(detail));
  }

  over() {
    this.state = "over";
    this.close();
    if (speech === this) speech = null;
    bar.hidden = true;
    mic.setAttribute("aria-pressed", "false");
    if (document.activeElement === document.body) mic.focus();
  }

  close() {
    this.quiet();
    if (this.audio && this.audio.state !== "closed") this.audio.close();
    if (this.socket) { this.socket.onclose = null; this.socket.close(); }
  }

  draw() {
    if (this.state === "over") return;
    const points = new Uint8Array(this.meter.fftSize), pen = wave.getContext("2d");
    this.meter.getByteTimeDomainData(points);
    pen.clearRect(0, 0, wave.width, wave.height);
    pen.strokeStyle = getComputedStyle(wave).color;
    pen.lineWidth = 2;
    pen.beginPath();
    points.forEach((value, i) => pen.lineTo((i / points.length) * wave.width, (value / 255) * wave.height));
    pen.stroke();
    requestAnimationFrame(() => this.draw());
  }
}

function newId() { return crypto.randomUUID ? crypto.randomUUID() : `${Date.now()}-${Math.random()}`; }

function begin(held) {
  if (speech || !conversation) return;
  voice.stop();
  speech = new Speech(held);
  heard.textContent = "请说……";
  bar.hidden = false;
  $("speech-send").disabled = false;
  mic.setAttribute("aria-pressed", "true");
  speech.start().catch((error) => {
    const refused = error.name === "NotAllowedError" || error.name === "NotFoundError";
    if (speech) speech.fail(refused ? "没有用上麦克风，请在浏览器里允许，或者打字告诉我。" : "麦克风打不开，请打字告诉我。");
  });
}

let pressed = 0;
mic.addEventListener("pointerdown", (event) => {
  if (event.button) return;
  event.preventDefault();
  mic.focus();
  if (speech) return speech.stop();
  pressed = Date.now();
  begin(false);
});
window.addEventListener("pointerup", () => {
  if (!pressed) return;
  const long = Date.now() - pressed >= HOLD_MS;
  pressed = 0;
  if (speech && long) speech.send();
});
mic.addEventListener("keydown", (event) => {
  if (event.key !== "Enter" && event.key !== " ") return;
  event.preventDefault();
  if (event.repeat) return;
  if (speech) speech.stop(); else begin(false);
});
document.addEventListener("keydown", (event) => { if (event.key === "Escape" && speech) speech.discard(); });
$("speech-send").addEventListener("click", () => speech && speech.send());
$("speech-discard").addEventListener("click", () => speech && speech.discard());

// The hotline's voice: what the bot says is read out while 朗读 is on.
const voice = {
  on: false,
  queue: Promise.resolve(),
  turn: 0,
  playing: null,
  say(text) {
    if (!this.on) return;
    const turn = this.turn;
    const sound = fetch(`/api/v1/conversations/${conversation.id}/voice`, {
      method: "POST",
      headers: { "Content-Type": "application/json", Authorization: `Bearer ${conversation.token}` },
      body: JSON.stringify({ text: text.slice(0, 500) }),
    }).then((response) => (response.ok ? response.arrayBuffer() : null)).catch(() => null);
    this.queue = this.queue.then(async () => {
      const bytes = await sound;
      if (bytes && turn === this.turn) await this.play(bytes);
    });
  },
  async play(bytes) {
    this.audio = this.audio || new AudioContext();
    const source = this.audio.createBufferSource();
    source.buffer = await this.audio.decodeAudioData(bytes);
    source.connect(this.audio.destination);
    this.playing = source;
    document.documentElement.dataset.spoken = String(Number(document.documentElement.dataset.spoken || 0) + 1);
    await new Promise((done) => { source.onended = done; source.start(); });
    this.playing = null;
  },
  stop() {
    this.turn += 1;
    if (this.playing) this.playing.stop();
  },
};
$("aloud").addEventListener("click", () => {
  voice.on = !voice.on;
  $("aloud").setAttribute("aria-pressed", String(voice.on));
  if (!voice.on) return voice.stop();
  const last = talk.querySelector("li.bot:last-of-type");
  if (last) voice.say(last.dataset.text || "");
});
document.addEventListener("jiesu:reply", (event) => voice.say(event.detail));

fetch("/api/v1/speech").then((r) => r.json()).then((able) => {
  const allowed = able.listens && navigator.mediaDevices && window.AudioWorkletNode;
  mic.hidden = !allowed;
  const why = able.why || (allowed ? "" : "这个浏览器不能录音，请打字告诉我。");
  $("no-mic").textContent = why;
  $("no-mic").hidden = !why;
});
fetch("/api/v1/voice").then((r) => r.json()).then((able) => { $("aloud").hidden = !able.speaks; });
