const pictureEnd = /\.(png|jpe?g|webp|gif|bmp)\s*$/i;
const address = /^\s*[a-z][a-z0-9+.-]*:\/\//i;

/**
 * Whether a cell names a picture file by its ending: "cats/1.png", "IMG_2.JPG". Addresses of other machines do not:
 * nothing is read from there.
 */
export function namesPicture(cell: string): boolean {
  // Every cell of every file comes here, and hardly any ends so.
  return (
    cell.length > 4 && isLastLetter(cell.charCodeAt(cell.length - 1)) && pictureEnd.test(cell) && !address.test(cell)
  );
}

/** g, f and p in either case, and blanks, which may stand behind the name. */
function isLastLetter(code: number): boolean {
  const lower = code | 0x20;
  return lower === 0x67 || lower === 0x66 || lower === 0x70 || code <= 0x20;
}
