package org.stablevideo.tensor;

/** The number format in which a network keeps its weights and computes. */
public enum Precision {
    /** 32 bits: exact to the reference. */
    SINGLE(6, 4),
    /** bfloat16, 16 bits: range of single precision, two to three digits; several times as fast on processors that have it. */
    BFLOAT16(15, 2),
    /** 16 bits, for graphics cards; far too slow on processors. */
    HALF(5, 2);

    private final int dtype;
    private final int bytes;

    Precision(int dtype, int bytes) {
        this.dtype = dtype;
        this.bytes = bytes;
    }

    /** Its number in TorchScript. */
    public int dtype() {
        return dtype;
    }

    /** Bytes of one number. */
    public int bytes() {
        return bytes;
    }
}
