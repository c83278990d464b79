// Fragment shaders of the slices. A plane is cut from a volume as floats once; contrast, colours, zoom and pan only draw it again.

/** One plane of a volume, as a weighted sum of up to four of its planes. @param {string} sampler Type of the volume's sampler. */
export const cutShader = sampler => `
uniform ${sampler} volume;
uniform int normal; // 0 z, 1 y, 2 x
uniform ivec4 taps;
uniform vec4 weights;
out float value;
void main() {
  ivec2 p = ivec2(gl_FragCoord.xy);
  value = 0.0;
  for (int i = 0; i < 4; i++) {
    if (weights[i] == 0.0) continue;
    int k = taps[i];
    ivec3 at = normal == 0 ? ivec3(p, k) : normal == 1 ? ivec3(p.x, k, p.y) : ivec3(k, p);
    value += weights[i] * float(texelFetch(volume, at, 0).r);
  }
}`;

/** A plane on the restored grid; borders are mirrored. */
export const ENLARGE_SHADER = `
uniform sampler2D plane;
uniform vec2 pitch, offset; // step and shift of Lattice
uniform vec2 reduced;     // samples that one texel is the mean of
uniform bool cubic;
out float value;
vec4 weights(float f) {
  if (!cubic) return vec4(0, 1.0 - f, f, 0);
  // Keys 1981 with a = -1/2.
  float f2 = f * f, f3 = f2 * f;
  return vec4(-0.5 * f3 + f2 - 0.5 * f, 1.5 * f3 - 2.5 * f2 + 1.0, -1.5 * f3 + 2.0 * f2 + 0.5 * f, 0.5 * f3 - 0.5 * f2);
}
int mirror(int i, int n) { return clamp(i < 0 ? -1 - i : i >= n ? 2 * n - 1 - i : i, 0, n - 1); }
void main() {
  ivec2 size = textureSize(plane, 0);
  vec2 at = ((gl_FragCoord.xy * reduced - 0.5) / pitch + offset + 0.5) / reduced - 0.5, whole = floor(at);
  vec4 across = weights(at.x - whole.x), down = weights(at.y - whole.y);
  value = 0.0;
  for (int j = 0; j < 4; j++) {
    if (down[j] == 0.0) continue;
    int y = mirror(int(whole.y) + j - 1, size.y);
    float row = 0.0;
    for (int i = 0; i < 4; i++)
      if (across[i] != 0.0) row += across[i] * texelFetch(plane, ivec2(mirror(int(whole.x) + i - 1, size.x), y), 0).r;
    value += down[j] * row;
  }
}`;

// Reads the plane under a pixel. Voxels larger than a pixel have sharp edges, smaller ones are interpolated.
const UNDER_PIXEL = `
uniform sampler2D plane;
uniform vec4 rect;        // left, bottom, width, height of the pane
uniform vec2 corner;      // of the volume in the pane, pixels from top left
uniform vec2 extent;      // of the volume in the pane, pixels
uniform bool transposed;  // whether the plane's rows run across
bool find(out vec2 at, out vec2 texelsPerPixel, out ivec2 size) {
  vec2 pixel = vec2(gl_FragCoord.x - rect.x, rect.w - (gl_FragCoord.y - rect.y));
  vec2 share = (pixel - corner) / extent;
  if (any(lessThan(share, vec2(0))) || any(greaterThanEqual(share, vec2(1)))) return false;
  size = textureSize(plane, 0);
  at = (transposed ? share.yx : share) * vec2(size);
  texelsPerPixel = vec2(size) / (transposed ? extent.yx : extent);
  return true;
}`;

/** One channel of a slice, in its colours. @param {boolean} isFiltered Whether the graphics card interpolates between floats, which is cheaper. */
export const sliceShader = isFiltered => UNDER_PIXEL + `
uniform sampler2D maps;
uniform int map;
uniform float low, high, gamma;
out vec4 colour;
float texel(ivec2 at, ivec2 size) { return texelFetch(plane, clamp(at, ivec2(0), size - 1), 0).r; }
void main() {
  vec2 at, texelsPerPixel; ivec2 size;
  if (!find(at, texelsPerPixel, size)) discard;
  vec2 whole = floor(at - 0.5), part = at - 0.5 - whole;
  part = clamp((part - 0.5) / min(texelsPerPixel, vec2(1)) + 0.5, 0.0, 1.0);
  ${isFiltered ? 'float value = textureLod(plane, (whole + 0.5 + part) / vec2(size), 0.0).r;' : `ivec2 i = ivec2(whole);
  float value = mix(
    mix(texel(i, size), texel(i + ivec2(1, 0), size), part.x),
    mix(texel(i + ivec2(0, 1), size), texel(i + ivec2(1, 1), size), part.x), part.y);`}
  float share = clamp((value - low) / (high - low), 0.0, 1.0);
  if (gamma != 1.0) share = pow(share, gamma);
  colour = vec4(texelFetch(maps, ivec2(int(share * 255.0 + 0.5), map), 0).rgb, 1);
}`;

/** Uncertainty over a slice: the more of the contrast range the standard error takes, the less the slice shows through. */
export const UNCERTAINTY_SHADER = UNDER_PIXEL + `
uniform float largest, stepsPerOctave, range;
out vec4 colour;
void main() {
  vec2 at, texelsPerPixel; ivec2 size;
  if (!find(at, texelsPerPixel, size)) discard;
  float step = texelFetch(plane, min(ivec2(at), size - 1), 0).r;
  float error = step < 0.5 ? 0.0 : largest * exp2((step - 255.0) / stepsPerOctave);
  float opacity = 0.8 * smoothstep(0.01, 0.2, error / range);
  colour = vec4(vec3(1.0, 0.45, 0.1) * opacity, opacity);
}`;
