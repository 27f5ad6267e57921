/** The one address of a page that is printed; its session knows no other. */
export const sealedScheme = 'assay-print';
export const sealedAddress = `${sealedScheme}://page/`;

/** What a page that is printed may ask for: itself, and what lies inside it. */
export function isSealedAddress(url: string): boolean {
  return url === sealedAddress || url.startsWith('data:');
}
