// Fragment shaders of the 3D view: parallel rays through a volume, in units of its samples, one sample a step along the ray's main axis.

const RAYS = sampler => `
uniform ${sampler} volume;
uniform sampler2D maps;
uniform float map, low, high, gamma;
uniform vec4 rect;                     // left, bottom, width, height of the pane
uniform vec3 origin, perX, perY, along; // ray of the pixel at top left, what a pixel right and down adds, one step
uniform vec3 box;                      // extent of the volume
out vec4 colour;
float at(vec3 p) { return float(texelFetch(volume, clamp(ivec3(p), ivec3(0), textureSize(volume, 0) - 1), 0).r); }
float smoothAt(vec3 p) {
  p -= 0.5;
  vec3 w = floor(p), f = p - w;
  vec3 a = w + 0.5, b = w + 1.5;
  return mix(
    mix(mix(at(a), at(vec3(b.x, a.yz)), f.x), mix(at(vec3(a.x, b.y, a.z)), at(vec3(b.xy, a.z)), f.x), f.y),
    mix(mix(at(vec3(a.xy, b.z)), at(vec3(b.x, a.y, b.z)), f.x), mix(at(vec3(a.x, b.yz)), at(b), f.x), f.y), f.z);
}
float shareOf(float value) { return clamp((value - low) / (high - low), 0.0, 1.0); }
vec3 inColours(float share) { return texture(maps, vec2((pow(share, gamma) * 255.0 + 0.5) / 256.0, map)).rgb; }
bool enter(out vec3 start, out int steps) {
  vec2 pixel = vec2(gl_FragCoord.x - rect.x, rect.w - (gl_FragCoord.y - rect.y));
  start = origin + perX * pixel.x + perY * pixel.y;
  vec3 a = -start / along, b = (box - start) / along;
  vec3 nearer = min(a, b), farther = max(a, b);
  float near = max(max(nearer.x, nearer.y), nearer.z), far = min(min(farther.x, farther.y), farther.z);
  steps = int(ceil(far - near));
  start += along * (near + 0.5);
  return near < far;
}`;

/** Maximum intensity: the brightest sample of each ray, interpolated around where it lies. */
export const mipShader = sampler => RAYS(sampler) + `
void main() {
  vec3 p; int steps;
  if (!enter(p, steps)) discard;
  float most = -1e38;
  vec3 where = p;
  for (int i = 0; i < steps; i++) {
    float value = at(p);
    if (value > most) { most = value; where = p; }
    p += along;
  }
  most = max(smoothAt(where), max(smoothAt(where - 0.4 * along), smoothAt(where + 0.4 * along)));
  colour = vec4(inColours(shareOf(most)), 1);
}`;

/** Shaded: from front to back, what is brighter hides more, lit from the upper left by the gradient. */
export const shadedShader = sampler => RAYS(sampler) + `
uniform vec3 light; // towards it, µm
uniform vec3 pitch; // of the samples, µm
void main() {
  vec3 p; int steps;
  if (!enter(p, steps)) discard;
  vec3 sum = vec3(0);
  float clear = 1.0;
  for (int i = 0; i < steps && clear > 0.03; i++, p += along) {
    if (shareOf(at(p)) < 0.08) continue;
    float share = shareOf(smoothAt(p)), opacity = 0.75 * smoothstep(0.12, 0.6, share);
    if (opacity < 0.004) continue;
    vec3 gradient = vec3(
      at(p + vec3(1, 0, 0)) - at(p - vec3(1, 0, 0)), at(p + vec3(0, 1, 0)) - at(p - vec3(0, 1, 0)), at(p + vec3(0, 0, 1)) - at(p - vec3(0, 0, 1)));
    gradient /= pitch;
    float steep = length(gradient), lit = steep > 0.0 ? max(dot(-gradient / steep, light), 0.0) : 0.5;
    sum += clear * opacity * inColours(max(share, 0.7)) * (0.3 + 0.9 * lit);
    clear *= 1.0 - opacity;
  }
  colour = vec4(sum, 1);
}`;
