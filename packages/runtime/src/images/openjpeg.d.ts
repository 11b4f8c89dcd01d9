/** What is used of OpenJPEG's decoder, compiled to JavaScript. */
declare module '@cornerstonejs/codec-openjpeg/decode' {
  interface J2KDecoder {
    getEncodedBuffer(size: number): Uint8Array;
    decode(): void;
    getFrameInfo(): { width: number; height: number; bitsPerSample: number; componentCount: number };
    getDecodedBuffer(): Uint8Array;
    delete(): void;
  }
  interface OpenJpeg {
    readonly J2KDecoder: new () => J2KDecoder;
  }
  export default function load(options?: { readonly print?: (text: string) => void }): Promise<OpenJpeg>;
}
