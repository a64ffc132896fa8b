// Grey pictures {grey, width, height}, one byte a pixel: cut, made larger or smaller, sharpened.

// The middle `share` of a picture, `times` as large. Smaller: the mean of what falls together; larger: between four pixels.
export function middle(picture, share, times) {
  const wide = Math.floor(picture.width * share);
  const high = Math.floor(picture.height * share);
  const left = (picture.width - wide) >> 1;
  const top = (picture.height - high) >> 1;
  const width = Math.round(wide * times);
  const height = Math.round(high * times);
  const grey = new Uint8Array(width * height);
  const columns = spread(width, wide, left);
  const rows = spread(height, high, top);
  const from = picture.grey;
  for (let y = 0; y < height; y += 1) {
    const row = rows.at[y] * picture.width;
    const down = rows.part[y];
    for (let x = 0; x < width; x += 1) {
      const at = row + columns.at[x];
      const across = columns.part[x];
      const below = at + picture.width;
      const upper = (from[at] << 8) + (from[at + 1] - from[at]) * across;
      const lower = (from[below] << 8) + (from[below + 1] - from[below]) * across;
      grey[y * width + x] = ((upper << 8) + (lower - upper) * down) >> 16;
    }
  }
  return { grey, width, height };
}

// For each new pixel the old one before it and how far (of 256) it lies towards the next.
function spread(length, old, first) {
  const at = new Int32Array(length);
  const part = new Int32Array(length);
  for (let each = 0; each < length; each += 1) {
    const place = Math.min(Math.max(((each + 0.5) * old) / length - 0.5, 0), old - 1.01);
    at[each] = first + Math.floor(place);
    part[each] = Math.floor((place % 1) * 256);
  }
  return { at, part };
}

// Each pixel moved away, `much` times over, from the mean of the square that reaches `reach` pixels around it: what the
// lens has blurred stands apart again.
export function sharpened({ grey, width, height }, reach, much) {
  const share = 1 / (2 * reach + 1) ** 2;
  const columns = new Int32Array(width);
  const sharp = new Uint8ClampedArray(width * height);
  const row = (y) => Math.min(Math.max(y, 0), height - 1) * width;
  const column = (x) => Math.min(Math.max(x, 0), width - 1);
  for (let y = -reach; y <= reach; y += 1) for (let x = 0; x < width; x += 1) columns[x] += grey[row(y) + x];
  for (let y = 0; y < height; y += 1) {
    let sum = 0;
    for (let x = -reach; x <= reach; x += 1) sum += columns[column(x)];
    for (let x = 0, at = y * width; x < width; x += 1, at += 1) {
      sharp[at] = grey[at] + much * (grey[at] - sum * share);
      sum += columns[column(x + reach + 1)] - columns[column(x - reach)];
    }
    const next = row(y + reach + 1);
    const last = row(y - reach);
    for (let x = 0; x < width; x += 1) columns[x] += grey[next + x] - grey[last + x];
  }
  return { grey: sharp, width, height };
}

// With a pale margin around it: zxing gives up a code that leaves the picture, though enough of it may be there.
export function framed({ grey, width, height }, share) {
  const edge = Math.round(height * share);
  const wide = width + 2 * edge;
  const high = height + 2 * edge;
  const larger = new Uint8Array(wide * high).fill(220);
  for (let y = 0; y < height; y += 1) larger.set(grey.subarray(y * width, (y + 1) * width), (y + edge) * wide + edge);
  return { grey: larger, width: wide, height: high };
}
