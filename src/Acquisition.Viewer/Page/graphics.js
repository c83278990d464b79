// One WebGL 2 context for all panes, so that a volume is uploaded once. It draws into rectangles of a hidden canvas,
// from which each pane's own canvas copies its picture.

const TRIANGLE = `#version 300 es
void main() { gl_Position = vec4(gl_VertexID == 1 ? 3 : -1, gl_VertexID == 2 ? 3 : -1, 0, 1); }`;

const HEAD = `#version 300 es
precision highp float; precision highp int; precision highp sampler3D; precision highp usampler3D; precision highp sampler2D;
`;

const FENCE_POLL_MS = 2;

function nextTask() {
  const { port1, port2 } = new MessageChannel();
  return new Promise(soon => {
    port1.onmessage = soon;
    port2.postMessage(null);
  });
}

export class Graphics extends EventTarget {
  #programs = new Map();
  #framebuffer;

  /** Events: 'lost', and 'restored' when every texture has to be made again. */
  constructor() {
    super();
    this.canvas = document.createElement('canvas');
    const gl = this.canvas.getContext('webgl2', { antialias: false, depth: false, alpha: true, premultipliedAlpha: true, powerPreference: 'high-performance' });
    if (!gl) throw new Error('This browser offers no WebGL 2, which the pictures need.');
    this.gl = gl;
    this.canvas.addEventListener('webglcontextlost', event => {
      event.preventDefault();
      this.dispatchEvent(new Event('lost'));
    });
    this.canvas.addEventListener('webglcontextrestored', () => {
      this.#programs.clear();
      this.#prepare();
      this.dispatchEvent(new Event('restored'));
    });
    this.#prepare();
  }

  /** A program that fills a rectangle; compiled once for each source. Uniforms are looked up by name. */
  program(source) {
    let made = this.#programs.get(source);
    if (!made) this.#programs.set(source, made = this.#link(source));
    this.gl.useProgram(made.program);
    return made.uniforms;
  }

  /** Fills the current viewport. */
  fill() {
    this.gl.drawArrays(this.gl.TRIANGLES, 0, 3);
  }

  /** Gives a sampler its texture. */
  bind(unit, target, texture) {
    this.gl.activeTexture(this.gl.TEXTURE0 + unit);
    this.gl.bindTexture(target, texture);
  }

  /** An image of one float a pixel, interpolated where the graphics card can. */
  floatImage(columns, rows, samples = null) {
    const { gl } = this, texture = gl.createTexture();
    gl.activeTexture(gl.TEXTURE0);
    gl.bindTexture(gl.TEXTURE_2D, texture);
    gl.texStorage2D(gl.TEXTURE_2D, 1, gl.R32F, columns, rows);
    if (samples) gl.texSubImage2D(gl.TEXTURE_2D, 0, 0, 0, columns, rows, gl.RED, gl.FLOAT, samples);
    const filter = this.isFloatFiltered ? gl.LINEAR : gl.NEAREST;
    for (const name of [gl.TEXTURE_MIN_FILTER, gl.TEXTURE_MAG_FILTER]) gl.texParameteri(gl.TEXTURE_2D, name, filter);
    for (const name of [gl.TEXTURE_WRAP_S, gl.TEXTURE_WRAP_T]) gl.texParameteri(gl.TEXTURE_2D, name, gl.CLAMP_TO_EDGE);
    return { texture, columns, rows };
  }

  /** Draws into an image instead of the canvas. */
  into(image, draw) {
    const { gl } = this;
    gl.bindFramebuffer(gl.FRAMEBUFFER, this.#framebuffer);
    gl.framebufferTexture2D(gl.FRAMEBUFFER, gl.COLOR_ATTACHMENT0, gl.TEXTURE_2D, image.texture, 0);
    gl.viewport(0, 0, image.columns, image.rows);
    gl.disable(gl.BLEND);
    draw();
    gl.bindFramebuffer(gl.FRAMEBUFFER, null);
  }

  /**
   * Draws pictures below one another and copies each onto its canvas.
   * @param {{canvas: HTMLCanvasElement, width: number, height: number, prepare?: function, draw: function}[]} pictures Drawn at
   * width × height, shown at the canvas's size. What a picture draws into images first is done in prepare; draw is given its rectangle
   * (left, bottom, width, height).
   */
  show(pictures) {
    const { gl, canvas } = this;
    const width = Math.max(...pictures.map(p => p.width)), height = pictures.reduce((sum, p) => sum + p.height, 0);
    // Grows only: each new size costs a new buffer.
    if (canvas.width < width) canvas.width = width;
    if (canvas.height < height) canvas.height = height;
    for (const picture of pictures) picture.prepare?.();
    gl.enable(gl.SCISSOR_TEST);
    let top = 0;
    for (const picture of pictures) {
      const bottom = canvas.height - top - picture.height;
      gl.scissor(0, bottom, picture.width, picture.height);
      gl.viewport(0, bottom, picture.width, picture.height);
      gl.clearColor(0, 0, 0, 1);
      gl.clear(gl.COLOR_BUFFER_BIT);
      picture.draw([0, bottom, picture.width, picture.height]);
      top += picture.height;
    }
    gl.disable(gl.SCISSOR_TEST);
    gl.disable(gl.BLEND);
    top = 0;
    for (const picture of pictures) {
      const to = picture.canvas.getContext('2d');
      to.drawImage(canvas, 0, top, picture.width, picture.height, 0, 0, picture.canvas.width, picture.canvas.height);
      top += picture.height;
    }
  }

  /** Settles once what was asked for is drawn. Nothing is blocked meanwhile. */
  async finished() {
    const { gl } = this, fence = gl.fenceSync(gl.SYNC_GPU_COMMANDS_COMPLETE, 0);
    gl.flush();
    // Timers are slow to fire, and what software draws is often done by now. A lost context never answers.
    for (let i = 0; !gl.isContextLost() && gl.getSyncParameter(fence, gl.SYNC_STATUS) !== gl.SIGNALED; i++)
      await (i < 3 ? nextTask() : new Promise(soon => setTimeout(soon, FENCE_POLL_MS)));
    gl.deleteSync(fence);
  }

  #prepare() {
    if (!this.gl.getExtension('EXT_color_buffer_float')) throw new Error('This graphics card cannot draw into float images, which the slices need.');
    this.isFloatFiltered = this.gl.getExtension('OES_texture_float_linear') !== null;
    this.#framebuffer = this.gl.createFramebuffer();
  }

  #link(source) {
    const { gl } = this, program = gl.createProgram();
    for (const [type, text] of [[gl.VERTEX_SHADER, TRIANGLE], [gl.FRAGMENT_SHADER, HEAD + source]]) {
      const shader = gl.createShader(type);
      gl.shaderSource(shader, text);
      gl.compileShader(shader);
      if (!gl.getShaderParameter(shader, gl.COMPILE_STATUS) && !gl.isContextLost()) throw new Error(gl.getShaderInfoLog(shader));
      gl.attachShader(program, shader);
    }
    gl.linkProgram(program);
    if (!gl.getProgramParameter(program, gl.LINK_STATUS) && !gl.isContextLost()) throw new Error(gl.getProgramInfoLog(program));
    const uniforms = {};
    for (let i = 0; i < gl.getProgramParameter(program, gl.ACTIVE_UNIFORMS); i++) {
      const { name } = gl.getActiveUniform(program, i);
      uniforms[name] = gl.getUniformLocation(program, name);
    }
    return { program, uniforms };
  }
}
