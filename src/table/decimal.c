// SPDX-License-Identifier: Apache-2.0
#include "table/decimal.h"

static bool decimal_put(struct decimal *d, int64_t place, char digit) { // place: of the power of ten
  if (digit == '0') return true;
  if (place >= DECIMAL_WHOLE || place < -DECIMAL_PART) return false;
  d->digits[DECIMAL_WHOLE - 1 - place] = (signed char)(digit - '0');
  return true;
}

bool decimal_read(struct str s, struct decimal *out) {
  struct decimal d = {0};
  int64_t exponent = 0;
  s = str_trim(s);
  if (s.n && (s.p[0] == '-' || s.p[0] == '+')) {
    d.negative = s.p[0] == '-';
    s = str_from(s, 1);
  }
  size_t end = 0, point = SIZE_MAX, count = 0;
  for (; end < s.n && s.p[end] != 'e' && s.p[end] != 'E'; end++) {
    if (s.p[end] == '.' && point == SIZE_MAX)
      point = end;
    else if (s.p[end] >= '0' && s.p[end] <= '9')
      count++;
    else
      return false;
  }
  struct str power = str_from(s, end < s.n ? end + 1 : s.n);
  if (power.n && power.p[0] == '+') power = str_from(power, 1);
  if (count == 0 || (end < s.n && (!str_to_i64(power, &exponent) || exponent > 1000 || exponent < -1000)))
    return false;
  int64_t place = (int64_t)(point == SIZE_MAX ? end : point) - 1 + exponent;
  for (size_t i = 0; i < end; i++)
    if (i != point && !decimal_put(&d, place--, s.p[i])) return false;
  *out = d;
  return true;
}

void decimal_write(const struct decimal *d, char out[DECIMAL_TEXT]) {
  size_t first = 0, last = DECIMAL_DIGITS, n = 0;
  while (first < DECIMAL_WHOLE - 1 && d->digits[first] == 0) first++;
  while (last > DECIMAL_WHOLE && d->digits[last - 1] == 0) last--;
  bool zero = true;
  for (size_t i = first; i < last; i++) zero = zero && d->digits[i] == 0;
  if (d->negative && !zero) out[n++] = '-';
  for (size_t i = first; i < last; i++) {
    if (i == DECIMAL_WHOLE) out[n++] = '.';
    out[n++] = (char)('0' + d->digits[i]);
  }
  out[n] = '\0';
}

static int decimal_compare_size(const struct decimal *a, const struct decimal *b) {
  for (size_t i = 0; i < DECIMAL_DIGITS; i++)
    if (a->digits[i] != b->digits[i]) return a->digits[i] < b->digits[i] ? -1 : 1;
  return 0;
}

static bool decimal_is_zero(const struct decimal *d) {
  return decimal_compare_size(d, &(struct decimal){0}) == 0;
}

bool decimal_add(struct decimal *to, const struct decimal *d) {
  bool minus = to->negative != d->negative;
  struct decimal small = *d;
  if (minus && decimal_compare_size(to, d) < 0) { // the larger one gives the sign
    small = *to;
    *to = *d;
  }
  int carry = 0;
  for (size_t i = DECIMAL_DIGITS; i-- > 0;) {
    int v = to->digits[i] + (minus ? -small.digits[i] : small.digits[i]) + carry;
    carry = v > 9 ? 1 : v < 0 ? -1 : 0;
    to->digits[i] = (signed char)(v - carry * 10);
  }
  return carry == 0;
}

int decimal_compare(const struct decimal *a, const struct decimal *b) {
  if (decimal_is_zero(a) && decimal_is_zero(b)) return 0;
  bool an = a->negative && !decimal_is_zero(a), bn = b->negative && !decimal_is_zero(b);
  if (an != bn) return an ? -1 : 1;
  int size = decimal_compare_size(a, b);
  return an ? -size : size;
}
