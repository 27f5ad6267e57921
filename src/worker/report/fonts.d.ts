declare module '*.woff2?inline' {
  /** The file as a data: URI. */
  const uri: string;
  export default uri;
}
