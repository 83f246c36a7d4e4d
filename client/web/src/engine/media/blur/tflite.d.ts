// The person finder that @twilio/video-processors ships: TensorFlow Lite with MediaPipe's selfie segmentation.
declare module "@twilio/video-processors/dist/build/tflite-simd-1-0-0.js" {
  export interface Tflite {
    readonly HEAPU8: Uint8Array;
    readonly HEAPF32: Float32Array;
    _getModelBufferMemoryOffset(): number; // bytes
    _loadModel(bytes: number): number; // 0: loaded
    _getInputMemoryOffset(): number; // bytes; height × width × 3 floats, 0…1
    _getInputWidth(): number;
    _getInputHeight(): number;
    _getOutputMemoryOffset(): number; // bytes; height × width floats, 0…1: a person
    _runInference(): number;
  }
  export default function create(options: { wasmBinary: ArrayBuffer; print?: () => void }): Promise<Tflite>;
}
