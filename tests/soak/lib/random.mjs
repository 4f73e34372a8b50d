// SPDX-License-Identifier: Apache-2.0
// Chance from a seed: the same seed and name give the same choices. Each worker and vendor has a stream of its own, so
// that none depends on the order in which the others come. Pure. Example:
//   const random = new Random("7/administrator-1");
//   random.weighted({ read: 9, write: 1 });
export class Random {
  #a;
  #b;
  #c;
  #d;
  constructor(seed) {
    this.seed = String(seed);
    const hash = hasher(this.seed);
    [this.#a, this.#b, this.#c, this.#d] = [hash(), hash(), hash(), hash()];
    for (let i = 0; i < 12; i++) this.next();
  }
  fork(name) {
    return new Random(`${this.seed}/${name}`);
  }
  // sfc32: 0 <= x < 1.
  next() {
    const t = (this.#a + this.#b + this.#d++) | 0;
    this.#a = this.#b ^ (this.#b >>> 9);
    this.#b = (this.#c + (this.#c << 3)) | 0;
    this.#c = ((this.#c << 21) | (this.#c >>> 11)) + t;
    this.#c |= 0;
    return (t >>> 0) / 2 ** 32;
  }
  below(n) {
    return Math.floor(this.next() * n);
  }
  between(least, most) {
    return least + this.below(most - least + 1);
  }
  chance(p) {
    return this.next() < p;
  }
  // undefined of an empty list.
  pick(list) {
    return list[this.below(list.length)];
  }
  some(list) {
    return list.filter(() => this.chance(0.5));
  }
  // A key of { key: weight }.
  weighted(table) {
    const entries = Object.entries(table);
    let at = this.next() * entries.reduce((sum, [, weight]) => sum + weight, 0);
    for (const [key, weight] of entries) if ((at -= weight) < 0) return key;
    return entries.at(-1)[0];
  }
  word(length = 12) {
    return Array.from({ length }, () => "abcdefghijklmnopqrstuvwxyz0123456789"[this.below(36)]).join("");
  }
}

// xmur3: a text to as many numbers of 32 bits as are asked for.
function hasher(text) {
  let h = 1779033703 ^ text.length;
  for (const letter of text) {
    h = Math.imul(h ^ letter.codePointAt(0), 3432918353);
    h = (h << 13) | (h >>> 19);
  }
  return () => {
    h = Math.imul(h ^ (h >>> 16), 2246822507);
    h = Math.imul(h ^ (h >>> 13), 3266489909);
    return (h ^= h >>> 16) >>> 0;
  };
}
