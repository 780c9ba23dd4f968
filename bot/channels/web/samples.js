// Takes the microphone's samples off the audio thread as 16 bit mono, some 40 ms at a time.
class Samples extends AudioWorkletProcessor {
  constructor() {
    super();
    this.kept = new Int16Array(Math.round(sampleRate * 0.04));
    this.filled = 0;
  }

  process([input]) {
    const channel = input[0];
    if (!channel) return true;
    for (const sample of channel) {
      this.kept[this.filled++] = Math.max(-1, Math.min(1, sample)) * 32767;
      if (this.filled === this.kept.length) {
        this.port.postMessage(this.kept.slice().buffer);
        this.filled = 0;
      }
    }
    return true;
  }
}

registerProcessor("samples", Samples);
