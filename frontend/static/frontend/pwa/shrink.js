// A photo small enough to wait on a phone and to leave on a poor network. What the camera wrote (the place) comes
// along, as the server offers that place to the writer, and takes it off before it publishes anything.
const SIDE = 2048; // the server keeps no more
const LIGHT = 600 * 1024; // bytes; lighter ones stay as they are
const QUALITY = 0.85;
const done = new WeakMap();

export function shrink(file) {
  if (!done.has(file)) done.set(file, smaller(file).catch(() => file));
  return done.get(file);
}

async function smaller(file) {
  if (file.size < LIGHT || !["image/jpeg", "image/png", "image/webp"].includes(file.type)) return file;
  const bitmap = await createImageBitmap(file, { imageOrientation: "from-image" });
  const scale = Math.min(1, SIDE / Math.max(bitmap.width, bitmap.height));
  const canvas = document.createElement("canvas");
  canvas.width = Math.round(bitmap.width * scale);
  canvas.height = Math.round(bitmap.height * scale);
  const context = canvas.getContext("2d");
  context.fillStyle = "#fff";
  context.fillRect(0, 0, canvas.width, canvas.height);
  context.drawImage(bitmap, 0, 0, canvas.width, canvas.height);
  bitmap.close();
  const jpeg = await new Promise((found) => canvas.toBlob(found, "image/jpeg", QUALITY));
  if (!jpeg) return file;
  const written = file.type === "image/jpeg" ? exif(await file.slice(0, 256 * 1024).arrayBuffer()) : null;
  const parts = written ? [jpeg.slice(0, 2), written, jpeg.slice(2)] : [jpeg];
  const blob = new File(parts, file.name.replace(/\.\w+$/, ".jpg"), { type: "image/jpeg" });
  return blob.size < file.size ? blob : file;
}

// The Exif segment of a JPEG (marker APP1), saying that the picture stands upright, as the copy does; null without one.
function exif(buffer) {
  const view = new DataView(buffer);
  if (view.byteLength < 4 || view.getUint16(0) !== 0xffd8) return null;
  let at = 2;
  while (at + 10 < view.byteLength && view.getUint8(at) === 0xff && view.getUint8(at + 1) !== 0xda) {
    const length = view.getUint16(at + 2);
    if (view.getUint8(at + 1) === 0xe1 && view.getUint32(at + 4) === 0x45786966) {
      if (at + 2 + length > view.byteLength) return null;
      const segment = buffer.slice(at, at + 2 + length);
      setUpright(new DataView(segment, 10));
      return segment;
    }
    at += 2 + length;
  }
  return null;
}

// Exif 2.32, tag 0x0112 of the first directory.
function setUpright(tiff) {
  const little = tiff.getUint16(0) === 0x4949;
  const directory = tiff.getUint32(4, little);
  const count = tiff.getUint16(directory, little);
  for (let entry = directory + 2; entry < directory + 2 + count * 12; entry += 12) {
    if (tiff.getUint16(entry, little) === 0x0112) tiff.setUint16(entry + 8, 1, little);
  }
}
