// Two short sounds: yes rises, no falls. Made here, so that there is no file to load.

const KEPT = "tillgate.sound";
const TUNES = { yes: [660, 880], no: [330, 220] };
let audio = null;

export function isOn() {
  return localStorage.getItem(KEPT) !== "off";
}

export function turn(on) {
  localStorage.setItem(KEPT, on ? "on" : "off");
}

export function play(name) {
  if (!isOn() || !("AudioContext" in window)) return;
  audio ??= new AudioContext();
  TUNES[name].forEach((pitch, index) => tone(pitch, audio.currentTime + index * 0.15));
}

function tone(pitch, at) {
  const voice = audio.createOscillator();
  const volume = audio.createGain();
  voice.frequency.value = pitch;
  volume.gain.setValueAtTime(0.2, at);
  volume.gain.exponentialRampToValueAtTime(0.001, at + 0.14);
  voice.connect(volume).connect(audio.destination);
  voice.start(at);
  voice.stop(at + 0.15);
}
