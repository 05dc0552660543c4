package org.stablevideo.tensor;

/** What a tensor in a file is made of, by the names that safetensors files use. */
public enum ElementType {
    F64(8),
    F32(4),
    F16(2),
    BF16(2),
    I64(8),
    I32(4),
    I16(2),
    I8(1),
    U8(1),
    BOOL(1);

    private final int bytes;

    ElementType(int bytes) {
        this.bytes = bytes;
    }

    /** Bytes of one element. */
    public int bytes() {
        return bytes;
    }

    /** Whether networks compute with it: half, single and bfloat16. */
    public boolean isWeight() {
        return this == F32 || this == F16 || this == BF16;
    }
}
