/* The numerics of the demo "digit": pure functions, for the demo and for its test. */
"use strict";

globalThis.demoDigit = (() => {
  const SIZES = { conv1: [6, 25], conv2: [16, 150], fc1: [120, 400], fc2: [84, 120], fc3: [10, 84] };

  const bytes = text => Uint8Array.from(atob(text), character => character.charCodeAt(0));

  /* A float16, given as its 16 bits. */
  const half = bits => {
    const exponent = (bits >> 10) & 31, fraction = bits & 1023;
    const size = exponent ? (1024 + fraction) * 2 ** (exponent - 25) : fraction * 2 ** -24;
    return bits >> 15 ? -size : size;
  };

  /* The layers' weights w and biases b, out of the data file. */
  const unpack = text => {
    const flat = Float32Array.from(new Uint16Array(bytes(text).buffer), half), layers = {};
    let start = 0;
    for (const [name, [O, inputs]] of Object.entries(SIZES)) {
      const b = start + O * inputs;
      layers[name] = { w: flat.subarray(start, b), b: flat.subarray(b, b + O) };
      start = b + O;
    }
    return layers;
  };
  const layers = unpack(demoData.digit.weights);
  const digits = Array.from({ length: 10 }, (_, d) => bytes(demoData.digit.digits).subarray(784 * d, 784 * (d + 1)));

  /* Convolution of C maps of n×n with padding p: y_oij = b_o + sum of w_ocuv x_c,i+u,j+v. */
  const convolve = (x, C, n, { w, b }, k, p) => {
    const O = b.length, m = n + 2 * p - k + 1, y = new Float32Array(O * m * m);
    for (let o = 0, at = 0; o < O; o++) {
      y.fill(b[o], o * m * m, (o + 1) * m * m);
      for (let c = 0; c < C; c++) for (let u = 0; u < k; u++) for (let v = 0; v < k; v++, at++) {
        const top = Math.max(0, p - u), bottom = Math.min(m, n + p - u);
        const left = Math.max(0, p - v), right = Math.min(m, n + p - v), weight = w[at];
        for (let i = top; i < bottom; i++) {
          const to = (o * m + i) * m, from = (c * n + i + u - p) * n + v - p;
          for (let j = left; j < right; j++) y[to + j] += weight * x[from + j];
        }
      }
    }
    return y;
  };

  /* Max-pooling in squares of 2×2, then ReLU; n is the side of a map. */
  const pool = (x, n) => {
    const m = n / 2, y = new Float32Array(x.length / 4);
    for (let i = 0; i < y.length; i++) {
      const at = 2 * n * Math.floor(i / m) + 2 * (i % m);
      y[i] = Math.max(0, x[at], x[at + 1], x[at + n], x[at + n + 1]);
    }
    return y;
  };

  /* A fully connected layer, with ReLU or without. */
  const dense = (x, { w, b }, relu) => b.map((bias, o) => {
    let sum = bias;
    for (let i = 0; i < x.length; i++) sum += w[o * x.length + i] * x[i];
    return relu ? Math.max(0, sum) : sum;
  });

  /* All layers for the 784 pixels (0 to 255) of an image. */
  const forward = pixels => {
    const x = Float32Array.from(pixels, value => (value / 255 - 0.1307) / 0.3081);
    const conv1 = convolve(x, 1, 28, layers.conv1, 5, 2), pool1 = pool(conv1, 28);
    const conv2 = convolve(pool1, 6, 14, layers.conv2, 5, 0), pool2 = pool(conv2, 10);
    const fc1 = dense(pool2, layers.fc1, true), fc2 = dense(fc1, layers.fc2, true);
    return { conv1, pool1, conv2, pool2, fc1, fc2, logits: dense(fc2, layers.fc3, false) };
  };

  const softmax = logits => {
    const most = Math.max(...logits), powers = Array.from(logits, value => Math.exp(value - most));
    const sum = powers.reduce((a, b) => a + b);
    return powers.map(power => power / sum);
  };

  /* Python's round: halves go to the even neighbor. */
  const round = x => (Math.abs(x % 1) === 0.5 ? 2 * Math.round(x / 2) : Math.round(x));

  /* Which of n pixels belong to each of m cells: those whose middle lies in it, in Pillow's arithmetic. */
  const cells = (n, m) => Array.from({ length: m }, (_, i) => {
    const scale = n / m, middle = (i + 0.5) * scale, pixels = [];
    const last = Math.min(n, Math.floor(middle + 0.5 * scale + 0.5));
    for (let pixel = Math.max(0, Math.floor(middle - 0.5 * scale + 0.5)); pixel < last; pixel++) {
      const x = (pixel - middle + 0.5) * (1 / scale);
      if (x > -0.5 && x <= 0.5) pixels.push(pixel);
    }
    return pixels;
  });

  /* Ink (size × size, 0 to 255) as MNIST would have it: 28×28, 0 to 255, or null where there is none.
     The same steps as utils.images.read_digit for an image of more than 20 pixels. */
  const center = (ink, size) => {
    const most = ink.reduce((a, b) => Math.max(a, b), 0);
    if (most === 0) return null;
    let top = size, bottom = 0, left = size, right = 0;
    ink.forEach((value, i) => {
      if (value <= 0.3 * most) return; // taken for paper when the digit is cut out
      const row = Math.floor(i / size), column = i % size;
      top = Math.min(top, row), bottom = Math.max(bottom, row + 1);
      left = Math.min(left, column), right = Math.max(right, column + 1);
    });
    const h = bottom - top, w = right - left, scale = 20 / Math.max(h, w);
    const H = Math.max(1, round(scale * h)), W = Math.max(1, round(scale * w)), box = new Float64Array(H * W);
    const rows = cells(h, H), columns = cells(w, W);
    let mass = 0, down = 0, across = 0;
    for (let i = 0; i < H; i++) for (let j = 0; j < W; j++) { // the mean over each cell's pixels
      let sum = 0, count = 0;
      for (const r of rows[i]) for (const c of columns[j]) sum += ink[(top + r) * size + left + c], count++;
      const value = sum / count;
      box[i * W + j] = value, mass += value, down += i * value, across += j * value;
    }
    const strongest = box.reduce((a, b) => Math.max(a, b)), image = new Uint8Array(784);
    const place = (moment, length) => Math.min(Math.max(round(14 - moment / mass), 0), 28 - length);
    const y = place(down, H), x = place(across, W); // the center of mass on pixel (14, 14)
    box.forEach((value, i) => {
      image[(y + Math.floor(i / W)) * 28 + x + (i % W)] = round((255 * value) / strongest);
    });
    return image;
  };

  return { layers, digits, forward, softmax, center, logits: pixels => forward(pixels).logits };
})();
